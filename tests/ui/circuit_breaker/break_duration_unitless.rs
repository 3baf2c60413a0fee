//! A duration has a unit.

use resilient_runtime::{Rejected, circuit_breaker};

#[circuit_breaker(name = "payments", break_duration = 30)]
//                                                    ^^ fault
async fn pay() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
