//! A misspelt key is told the right one.

use resilient_runtime::{Rejected, circuit_breaker};

#[circuit_breaker(name = "payments", faliure_rate = "50%")]
//                                   ^^^^^^^^^^^^ fault
async fn pay() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
