//! A constant cap is not below the first delay.

use resilient_runtime::{Rejected, retry};
use std::time::Duration;

const CAP: Duration = Duration::from_millis(100);

#[retry(delay = "1s", max_delay = CAP)]
//                                ^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
