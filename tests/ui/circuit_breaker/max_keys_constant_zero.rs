//! A constant is checked as well: no room for any key.

use resilient_runtime::{Rejected, circuit_breaker};

const MOST: u32 = 0;

#[circuit_breaker(name = "hosts", key = host, max_keys = MOST)]
//                                                       ^^^^ fault
async fn pay(host: &str) -> Result<(), Rejected> {
    drop(host.len());
    Ok(())
}

fn main() {}
