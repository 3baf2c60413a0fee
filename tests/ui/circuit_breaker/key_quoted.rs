//! A text is the same for every call; the argument has no quotes.

use resilient_runtime::{Rejected, circuit_breaker};

#[circuit_breaker(name = "hosts", key = "host")]
//                                      ^^^^^^ fault
async fn pay(host: &str) -> Result<(), Rejected> {
    drop(host.len());
    Ok(())
}

fn main() {}
