//! A slow call takes some time.

use resilient_runtime::{Rejected, circuit_breaker};

#[circuit_breaker(name = "payments", slow_call = "0ms")]
//                                               ^^^^^ fault
async fn pay() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
