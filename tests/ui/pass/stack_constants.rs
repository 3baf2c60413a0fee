//! Constants in a stack that fit, generic ones included.
#![deny(warnings, clippy::all, clippy::pedantic)]

use std::time::Duration;

use resilient_runtime::{Rejected, bulkhead, circuit_breaker, retry, timeout};

const CALL: Duration = Duration::from_secs(2);
const ATTEMPT: Duration = Duration::from_millis(500);
const RETRIES: u32 = 2;
const STEP: Duration = Duration::from_millis(100);
const RATE: f64 = 0.5;
const PLACES: usize = 3;

#[timeout(CALL)]
#[retry(max = RETRIES, delay = STEP, max_delay = CALL, max_duration = CALL)]
#[circuit_breaker(name = "constants", failure_rate = RATE, window = RETRIES, min_calls = RETRIES)]
#[bulkhead(max_concurrent = PLACES, max_wait = STEP, max_queue = PLACES)]
#[timeout(ATTEMPT)]
async fn constants() -> Result<(), Rejected> {
    Ok(())
}

struct Client<const MILLIS: u64>;

impl<const MILLIS: u64> Client<MILLIS> {
    const ATTEMPT: Duration = Duration::from_millis(MILLIS);

    #[timeout("2s")]
    #[retry(max = 2, delay = const { Duration::from_millis(MILLIS) })]
    #[timeout(Self::ATTEMPT)]
    async fn call(&self) -> Result<(), Rejected> {
        Ok(())
    }
}

fn main() {
    drop(constants());
    drop(Client::<20>.call());
}
