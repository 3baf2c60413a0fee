//! A constant timeout is longer than zero.

use resilient_runtime::{Rejected, timeout};
use std::time::Duration;

const LIMIT: Duration = Duration::ZERO;

#[timeout(LIMIT)]
//        ^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
