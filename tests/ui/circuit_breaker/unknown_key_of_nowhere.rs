//! A key that is like no other is told them all.

use resilient_runtime::{Rejected, circuit_breaker};

#[circuit_breaker(name = "payments", colour = "red")]
//                                   ^^^^^^ fault
async fn pay() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
