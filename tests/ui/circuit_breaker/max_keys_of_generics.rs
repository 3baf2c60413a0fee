//! The keys are shared by all calls, so their number cannot depend on the generics of one function.

use resilient_runtime::{Rejected, circuit_breaker};

#[circuit_breaker(name = "hosts", key = host, max_keys = const { N })]
//                                                       ^^^^^^^^^^^ fault
async fn pay<const N: u32>(host: &str) -> Result<(), Rejected> {
    drop(host.len());
    Ok(())
}

fn main() {}
