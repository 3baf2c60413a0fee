//! A number is written with its key.

use resilient_runtime::{Rejected, circuit_breaker};

#[circuit_breaker(5)]
//                ^ fault
async fn pay() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
