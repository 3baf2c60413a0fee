//! A share of slow calls needs to know which are slow.

use resilient_runtime::{Rejected, circuit_breaker};

#[circuit_breaker(name = "payments", slow_call_rate = "80%")]
//                                   ^^^^^^^^^^^^^^ fault
async fn pay() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
