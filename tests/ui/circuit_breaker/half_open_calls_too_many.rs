//! More than a thousand probes are no probes.

use resilient_runtime::{Rejected, circuit_breaker};

#[circuit_breaker(name = "payments", half_open_calls = 1_001)]
//                                                     ^^^^^ fault
async fn pay() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
