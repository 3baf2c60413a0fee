//! There has to be room for one key.

use resilient_runtime::{Rejected, circuit_breaker};

#[circuit_breaker(name = "hosts", key = host, max_keys = 0)]
//                                                       ^ fault
async fn pay(host: &str) -> Result<(), Rejected> {
    drop(host.len());
    Ok(())
}

fn main() {}
