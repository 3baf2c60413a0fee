//! A run of failures reads no window.

use resilient_runtime::{Rejected, circuit_breaker};

#[circuit_breaker(name = "payments", consecutive_failures = 5, window = 50)]
//                                                             ^^^^^^ fault
async fn pay() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
