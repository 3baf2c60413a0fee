//! A key of another attribute is none of this one.

use resilient_runtime::{Rejected, circuit_breaker};

#[circuit_breaker(name = "payments", max_concurrent = 20)]
//                                   ^^^^^^^^^^^^^^ fault
async fn pay() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
