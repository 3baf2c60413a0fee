//! A predicate is over the function's own error.

use resilient_runtime::{Rejected, circuit_breaker};

fn is_failure(_: &std::io::Error) -> bool {
    true
}

#[circuit_breaker(name = "payments", failure_when = is_failure)]
//                                                  ^^^^^^^^^^ fault
async fn pay() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
