//! The smallest legal values of a circuit breaker.

use resilient_runtime::{Rejected, circuit_breaker};

#[circuit_breaker(
    name = "p",
    failure_rate = "0.000001%",
    window = 1,
    min_calls = 1,
    consecutive_failures = 1,
    break_duration = "1ns",
    half_open_calls = 1
)]
async fn pay() -> Result<(), Rejected> {
    Ok(())
}

fn main() {
    drop(pay());
}
