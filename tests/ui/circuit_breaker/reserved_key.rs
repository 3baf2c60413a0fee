//! A breaker for each value is a word of a later version.

use resilient_runtime::{Rejected, circuit_breaker};

#[circuit_breaker(name = "payments", key = host)]
//                                   ^^^ fault
async fn pay(host: &str) -> Result<(), Rejected> {
    drop(host.len());
    Ok(())
}

fn main() {}
