//! A count has no quotes.

use resilient_runtime::{Rejected, circuit_breaker};

#[circuit_breaker(name = "payments", window = "100")]
//                                            ^^^^^ fault
async fn pay() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
