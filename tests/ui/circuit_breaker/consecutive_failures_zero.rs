//! A run is at least one failure.

use resilient_runtime::{Rejected, circuit_breaker};

#[circuit_breaker(name = "payments", consecutive_failures = 0)]
//                                                          ^ fault
async fn pay() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
