//! A key needs an expression.

use resilient_runtime::{Rejected, circuit_breaker};

#[circuit_breaker(name = "hosts", key)]
//                                ^^^ fault
async fn pay(host: &str) -> Result<(), Rejected> {
    drop(host.len());
    Ok(())
}

fn main() {}
