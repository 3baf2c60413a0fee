//! The words of other libraries are told ours: a threshold.

use resilient_runtime::{Rejected, circuit_breaker};

#[circuit_breaker(name = "payments", failure_threshold = 5)]
//                                   ^^^^^^^^^^^^^^^^^ fault
async fn pay() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
