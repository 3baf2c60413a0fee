//! A constant limit on all attempts is longer than zero.

use std::time::Duration;

use resilient_runtime::{Rejected, retry};

#[retry(max_duration = Duration::from_millis(0))]
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
