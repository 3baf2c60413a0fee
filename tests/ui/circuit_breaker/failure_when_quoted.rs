//! A predicate is a path or a closure, without quotes.

use resilient_runtime::{Rejected, circuit_breaker};

#[circuit_breaker(name = "payments", failure_when = "is_failure")]
//                                                  ^^^^^^^^^^^^ fault
async fn pay() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
