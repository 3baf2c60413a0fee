//! A constant first delay leaves time for the retry.

use resilient_runtime::{Rejected, retry};
use std::time::Duration;

const DELAY: Duration = Duration::from_secs(2);

#[retry(delay = DELAY, max_duration = "1s")]
//                                    ^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
