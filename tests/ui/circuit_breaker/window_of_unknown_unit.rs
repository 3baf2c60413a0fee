//! A window of time is a duration.

use resilient_runtime::{Rejected, circuit_breaker};

#[circuit_breaker(name = "payments", window = "60 parsecs")]
//                                            ^^^^^^^^^^^^ fault
async fn pay() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
