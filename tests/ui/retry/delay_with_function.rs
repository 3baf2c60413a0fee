//! A function says the delays: no `delay` has a say.

use std::time::Duration;

use resilient_runtime::{Rejected, retry};

fn seconds(attempt: u32) -> Duration {
    Duration::from_secs(attempt.into())
}

#[retry(backoff = seconds, delay = "1s")]
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
