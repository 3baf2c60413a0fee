//! A name holds printable characters only.

use resilient_runtime::{Rejected, circuit_breaker};

#[circuit_breaker(name = "pay\tments")]
//                       ^^^^^^^^^^^^ fault
async fn pay() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
