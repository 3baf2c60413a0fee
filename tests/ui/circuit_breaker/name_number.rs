//! A name is a string.

use resilient_runtime::{Rejected, circuit_breaker};

#[circuit_breaker(name = 3)]
//                       ^ fault
async fn pay() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
