//! A break that grows is a word of a later version.

use resilient_runtime::{Rejected, circuit_breaker};

#[circuit_breaker(name = "payments", break_backoff = 2.0)]
//                                   ^^^^^^^^^^^^^ fault
async fn pay() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
