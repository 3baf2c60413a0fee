//! A constant first delay leaves time for the retry.

use std::time::Duration;

use resilient_runtime::{Rejected, retry};

const DELAY: Duration = Duration::from_secs(2);

#[retry(delay = DELAY, max_duration = "1s")]
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
