//! A name is written with its key.

use resilient_runtime::{Rejected, circuit_breaker};

#[circuit_breaker("payments")]
//                ^^^^^^^^^^ fault
async fn pay() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
