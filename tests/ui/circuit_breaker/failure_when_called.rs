//! A predicate is named, not called.

use resilient_runtime::{Rejected, circuit_breaker};

#[circuit_breaker(name = "payments", failure_when = is_failure())]
//                                                  ^^^^^^^^^^^^ fault
async fn pay() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
