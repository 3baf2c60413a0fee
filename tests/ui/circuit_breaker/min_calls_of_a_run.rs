//! A run of failures reads no `min_calls`.

use resilient_runtime::{Rejected, circuit_breaker};

#[circuit_breaker(name = "payments", consecutive_failures = 5, min_calls = 20)]
//                                                             ^^^^^^^^^ fault
async fn pay() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
