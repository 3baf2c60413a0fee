//! What is no argument is rustc's to say.

use resilient_runtime::{Rejected, circuit_breaker};

#[circuit_breaker(name = "hosts", key = hots)]
//                                      ^^^^ fault
async fn pay(host: &str) -> Result<(), Rejected> {
    drop(host.len());
    Ok(())
}

fn main() {}
