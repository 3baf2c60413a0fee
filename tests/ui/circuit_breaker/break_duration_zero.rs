//! A break is longer than zero.

use resilient_runtime::{Rejected, circuit_breaker};

#[circuit_breaker(name = "payments", break_duration = "0s")]
//                                                    ^^^^ fault
async fn pay() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
