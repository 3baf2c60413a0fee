//! The delays of a retry with constants do not use up a timeout.

use resilient_runtime::{Rejected, retry, timeout};
use std::time::Duration;

const RETRIES: u32 = 9;
const STEP: Duration = Duration::from_millis(100);
const GROWTH: f64 = 3.0;

#[timeout("1s")]
//        ^^^^ fault
#[retry(max = RETRIES, delay = STEP, factor = GROWTH)]
async fn exponential() -> Result<(), Rejected> {
    Ok(())
}

#[timeout("1s")]
#[retry(max = RETRIES, delay = "100ms", backoff = "linear")]
async fn linear() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
