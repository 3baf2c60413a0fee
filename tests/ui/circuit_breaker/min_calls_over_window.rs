//! A window never holds more calls than it is long.

use resilient_runtime::{Rejected, circuit_breaker};

#[circuit_breaker(name = "payments", window = 10, min_calls = 20)]
//                                                            ^^ fault
async fn pay() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
