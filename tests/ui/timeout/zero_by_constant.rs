//! A constant timeout is longer than zero.

use std::time::Duration;

use resilient_runtime::{Rejected, timeout};

const LIMIT: Duration = Duration::ZERO;

#[timeout(LIMIT)]
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
