//! More than 100% of the calls cannot fail.

use resilient_runtime::{Rejected, circuit_breaker};

#[circuit_breaker(name = "payments", failure_rate = "101%")]
//                                                  ^^^^^^ fault
async fn pay() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
