//! A share is at most the whole.

use resilient_runtime::{Rejected, circuit_breaker};

#[circuit_breaker(name = "payments", slow_call = "2s", slow_call_rate = "180%")]
//                                                                      ^^^^^^ fault
async fn pay() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
