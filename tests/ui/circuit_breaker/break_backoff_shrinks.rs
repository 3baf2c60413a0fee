//! Breaks do not shrink.

use resilient_runtime::{Rejected, circuit_breaker};

#[circuit_breaker(name = "payments", break_backoff = 0.5)]
//                                                   ^^^ fault
async fn pay() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
