//! A window holds at most a million calls.

use resilient_runtime::{Rejected, circuit_breaker};

#[circuit_breaker(name = "payments", window = 1_000_001)]
//                                            ^^^^^^^^^ fault
async fn pay() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
