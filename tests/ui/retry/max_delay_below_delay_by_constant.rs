//! A constant cap is not below the first delay.

use std::time::Duration;

use resilient_runtime::{Rejected, retry};

const CAP: Duration = Duration::from_millis(100);

#[retry(delay = "1s", max_delay = CAP)]
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
