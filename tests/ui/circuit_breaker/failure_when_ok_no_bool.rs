//! A predicate answers yes or no.

use resilient_runtime::{Rejected, circuit_breaker};

#[circuit_breaker(name = "payments", failure_when_ok = |value| value.to_string())]
//                                                             ^^^^^^^^^^^^^^^^^ fault
async fn pay() -> Result<u64, Rejected> {
    Ok(3)
}

fn main() {}
