//! The largest legal values of a circuit breaker.

use resilient_runtime::{Rejected, circuit_breaker};

#[circuit_breaker(
    name = "payments",
    failure_rate = "100%",
    window = 1_000_000,
    min_calls = 1_000_000,
    consecutive_failures = 4_294_967_295,
    break_duration = "1000years",
    half_open_calls = 1_000
)]
async fn pay() -> Result<(), Rejected> {
    Ok(())
}

#[circuit_breaker(name = "refunds", failure_rate = 1.0)]
async fn refund() -> Result<(), Rejected> {
    Ok(())
}

fn main() {
    drop((pay(), refund()));
}
