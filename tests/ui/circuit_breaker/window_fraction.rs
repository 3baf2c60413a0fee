//! A count is whole.

use resilient_runtime::{Rejected, circuit_breaker};

#[circuit_breaker(name = "payments", window = 99.5)]
//                                            ^^^^ fault
async fn pay() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
