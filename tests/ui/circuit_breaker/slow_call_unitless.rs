//! A slow call is told by a duration.

use resilient_runtime::{Rejected, circuit_breaker};

#[circuit_breaker(name = "payments", slow_call = 2)]
//                                               ^ fault
async fn pay() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
