//! Windows of time, slow calls and breaks that grow, at the edges of what they may be.

use std::time::Duration;

use resilient_runtime::{Rejected, circuit_breaker};

const LINE: Duration = Duration::from_millis(1);
const RATE: f64 = 1.0;

#[circuit_breaker(name = "a", window = "1ns", min_calls = 1_000_000)]
#[circuit_breaker(name = "b", window = "365days", slow_call = "1ns", slow_call_rate = "0.1%")]
#[circuit_breaker(name = "c", slow_call = LINE, slow_call_rate = RATE)]
#[circuit_breaker(name = "d", slow_call = "1s", slow_call_rate = RATE, break_backoff = 1)]
#[circuit_breaker(name = "e", break_backoff = 1.5, max_break_duration = "30s")]
#[circuit_breaker(name = "f", break_backoff = 2.0, max_break_duration = "5s")]
#[circuit_breaker(name = "g", consecutive_failures = 3, slow_call = "1s", window = 10, min_calls = 10)]
async fn pay() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
