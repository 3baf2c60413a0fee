//! A constant is checked as well: a rate over one.

use resilient_runtime::{Rejected, circuit_breaker};

const RATE: f64 = 1.5;

#[circuit_breaker(name = "payments", failure_rate = RATE)]
//                                                  ^^^^ fault
async fn pay() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
