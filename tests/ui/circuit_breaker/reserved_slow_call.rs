//! Slow calls are a word of a later version.

use resilient_runtime::{Rejected, circuit_breaker};

#[circuit_breaker(name = "payments", slow_call = "2s")]
//                                   ^^^^^^^^^ fault
async fn pay() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
