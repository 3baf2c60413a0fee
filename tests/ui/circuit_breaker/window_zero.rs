//! A window holds at least one call.

use resilient_runtime::{Rejected, circuit_breaker};

#[circuit_breaker(name = "payments", window = 0)]
//                                            ^ fault
async fn pay() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
