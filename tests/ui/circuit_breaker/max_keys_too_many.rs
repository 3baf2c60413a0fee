//! It is there to bound memory.

use resilient_runtime::{Rejected, circuit_breaker};

#[circuit_breaker(name = "hosts", key = host, max_keys = 1_000_001)]
//                                                       ^^^^^^^^^ fault
async fn pay(host: &str) -> Result<(), Rejected> {
    drop(host.len());
    Ok(())
}

fn main() {}
