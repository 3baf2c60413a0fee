//! A constant delay is longer than zero.

use resilient_runtime::{Rejected, retry};
use std::time::Duration;

#[retry(delay = Duration::ZERO)]
//              ^^^^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
