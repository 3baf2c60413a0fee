//! A name has no blank at its ends.

use resilient_runtime::{Rejected, circuit_breaker};

#[circuit_breaker(name = "payments ")]
//                       ^^^^^^^^^^^ fault
async fn pay() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
