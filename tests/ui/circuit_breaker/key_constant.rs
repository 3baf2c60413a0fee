//! A constant is the same for every call.

use resilient_runtime::{Rejected, circuit_breaker};

const HOST: &str = "api.example.com";

#[circuit_breaker(name = "hosts", key = HOST)]
//                                      ^^^^ fault
async fn pay(host: &str) -> Result<(), Rejected> {
    drop(host.len());
    Ok(())
}

fn main() {}
