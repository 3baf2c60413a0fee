//! Each mode of a circuit breaker, with all that it reads.

use resilient_runtime::{CircuitBreaker, Rejected, circuit_breaker};

static PAYMENTS: CircuitBreaker = CircuitBreaker::new("payments");

// The defaults give way: the window is as long as `min_calls`, `min_calls` as short as the window.
#[circuit_breaker(name = "by-rate", min_calls = 200)]
async fn by_rate() -> Result<u32, Rejected> {
    Ok(1)
}

#[circuit_breaker(name = "by-small-window", window = 10)]
async fn by_small_window() -> Result<u32, Rejected> {
    Ok(1)
}

#[circuit_breaker(name = "by-run", consecutive_failures = 5, half_open_calls = 1)]
async fn by_run() -> Result<u32, Rejected> {
    Ok(1)
}

#[circuit_breaker(
    name = "by-either",
    consecutive_failures = 5,
    failure_rate = 0.5,
    window = 20,
    min_calls = 20
)]
async fn by_either() -> Result<u32, Rejected> {
    Ok(1)
}

#[circuit_breaker(PAYMENTS, failure_when = |_| true, failure_when_ok = |value| *value == 0)]
async fn by_instance() -> Result<u32, Rejected> {
    Ok(1)
}

fn main() {
    drop((
        by_rate(),
        by_small_window(),
        by_run(),
        by_either(),
        by_instance(),
    ));
}
