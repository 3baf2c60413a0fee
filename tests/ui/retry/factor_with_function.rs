//! A function says the delays: no `factor` has a say.

use std::time::Duration;

use resilient_runtime::{Rejected, retry};

fn seconds(attempt: u32) -> Duration {
    Duration::from_secs(attempt.into())
}

#[retry(backoff = seconds, factor = 2.0)]
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
