//! The written delays of a retry do not use up a constant timeout.

use resilient_runtime::{Rejected, retry, timeout};
use std::time::Duration;

const CALL: Duration = Duration::from_millis(300);

#[timeout(CALL)]
//        ^^^^ fault
#[retry(max = 5, delay = "100ms")]
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
