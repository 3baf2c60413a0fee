//! Nothing would read it.

use resilient_runtime::{Rejected, circuit_breaker};

#[circuit_breaker(name = "hosts", max_keys = 10)]
//                                ^^^^^^^^ fault
async fn pay(host: &str) -> Result<(), Rejected> {
    drop(host.len());
    Ok(())
}

fn main() {}
