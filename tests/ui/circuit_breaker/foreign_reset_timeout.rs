//! The words of other libraries are told ours: a reset timeout.

use resilient_runtime::{Rejected, circuit_breaker};

#[circuit_breaker(name = "payments", reset_timeout = "30s")]
//                                   ^^^^^^^^^^^^^ fault
async fn pay() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
