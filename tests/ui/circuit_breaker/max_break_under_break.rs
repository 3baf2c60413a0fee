//! The longest break is not shorter than the first.

use resilient_runtime::{Rejected, circuit_breaker};

#[circuit_breaker(name = "p", break_duration = "1m", break_backoff = 2, max_break_duration = "5s")]
//                                                                                           ^^^^ fault
async fn pay() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
