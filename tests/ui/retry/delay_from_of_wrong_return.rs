//! `delay_from` may have no answer.

use std::time::Duration;

use resilient_runtime::{Rejected, retry};

#[retry(delay_from = |_| Duration::from_secs(1))]
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
