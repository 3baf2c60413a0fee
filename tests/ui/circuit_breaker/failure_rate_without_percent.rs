//! A ratio in quotes is a percentage.

use resilient_runtime::{Rejected, circuit_breaker};

#[circuit_breaker(name = "payments", failure_rate = "50")]
//                                                  ^^^^ fault
async fn pay() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
