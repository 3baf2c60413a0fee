//! A unit is one of those that there are.

use resilient_runtime::{Rejected, circuit_breaker};

#[circuit_breaker(name = "payments", break_duration = "30 sconds")]
//                                                    ^^^^^^^^^^^ fault
async fn pay() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
