//! A constant is checked as well: a break of zero.

use std::time::Duration;

use resilient_runtime::{Rejected, circuit_breaker};

const BREAK: Duration = Duration::ZERO;

#[circuit_breaker(name = "payments", break_duration = BREAK)]
//                                                    ^^^^^ fault
async fn pay() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
