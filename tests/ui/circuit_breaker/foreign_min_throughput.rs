//! The words of other libraries are told ours: a minimum throughput.

use resilient_runtime::{Rejected, circuit_breaker};

#[circuit_breaker(name = "payments", min_throughput = 20)]
//                                   ^^^^^^^^^^^^^^ fault
async fn pay() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
