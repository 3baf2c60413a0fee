//! A count is a `u32`.

use resilient_runtime::{Rejected, circuit_breaker};

const WINDOW: u64 = 100;

#[circuit_breaker(name = "payments", window = WINDOW)]
//                                            ^^^^^^ fault
async fn pay() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
