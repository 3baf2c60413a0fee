//! Constants are compared as well: more calls than the window holds.

use resilient_runtime::{Rejected, circuit_breaker};

const WINDOW: u32 = 10;

#[circuit_breaker(name = "payments", window = WINDOW, min_calls = 20)]
//                                                                ^^ fault
async fn pay() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
