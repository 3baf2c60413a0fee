//! A window of time is longer than nothing.

use resilient_runtime::{Rejected, circuit_breaker};

#[circuit_breaker(name = "payments", window = "0s")]
//                                            ^^^^ fault
async fn pay() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
