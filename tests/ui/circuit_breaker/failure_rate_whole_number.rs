//! A whole number is no ratio.

use resilient_runtime::{Rejected, circuit_breaker};

#[circuit_breaker(name = "payments", failure_rate = 50)]
//                                                  ^^ fault
async fn pay() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
