//! A constant delay is longer than zero.

use std::time::Duration;

use resilient_runtime::{Rejected, retry};

#[retry(delay = Duration::ZERO)]
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
