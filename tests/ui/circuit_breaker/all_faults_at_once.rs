//! All faults of one attribute are reported in one pass, each on its own tokens.

use resilient_runtime::{Rejected, circuit_breaker};

#[circuit_breaker(name = "", windw = 10, failure_rate = 50, failure_when = 3, shadow)]
//                       ^^ fault
async fn pay() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
