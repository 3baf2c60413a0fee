//! A window of time is a word of a later version.

use resilient_runtime::{Rejected, circuit_breaker};

#[circuit_breaker(name = "payments", window = "60s")]
//                                            ^^^^^ fault
async fn pay() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
