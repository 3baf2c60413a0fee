//! A constant is checked as well: a window of no calls.

use resilient_runtime::{Rejected, circuit_breaker};

const WINDOW: u32 = 0;

#[circuit_breaker(name = "payments", window = WINDOW)]
//                                            ^^^^^^ fault
async fn pay() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
