//! A key is written once.

use resilient_runtime::{Rejected, circuit_breaker};

#[circuit_breaker(name = "payments", window = 50, window = 60)]
//                                                ^^^^^^ fault
async fn pay() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
