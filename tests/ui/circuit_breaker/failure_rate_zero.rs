//! At a rate of zero a breaker would always be open.

use resilient_runtime::{Rejected, circuit_breaker};

#[circuit_breaker(name = "payments", failure_rate = "0%")]
//                                                  ^^^^ fault
async fn pay() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
