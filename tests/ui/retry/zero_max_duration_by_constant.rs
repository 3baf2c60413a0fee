//! A constant limit on all attempts is longer than zero.

use resilient_runtime::{Rejected, retry};
use std::time::Duration;

#[retry(max_duration = Duration::from_millis(0))]
//                     ^^^^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
