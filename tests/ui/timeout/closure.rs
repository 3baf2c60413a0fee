//! A timeout is a duration, and no function.

use std::time::Duration;

use resilient_runtime::{Rejected, timeout};

#[timeout(|| Duration::from_secs(1))]
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
