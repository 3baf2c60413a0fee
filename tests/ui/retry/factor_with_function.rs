//! A function says the delays: no `factor` has a say.

use resilient_runtime::{Rejected, retry};
use std::time::Duration;

fn seconds(attempt: u32) -> Duration {
    Duration::from_secs(attempt.into())
}

#[retry(backoff = seconds, factor = 2.0)]
//                         ^^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
