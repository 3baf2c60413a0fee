//! A name has at least one character.

use resilient_runtime::{Rejected, circuit_breaker};

#[circuit_breaker(name = "")]
//                       ^^ fault
async fn pay() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
