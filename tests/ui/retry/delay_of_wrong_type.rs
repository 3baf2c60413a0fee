//! A constant delay is a `Duration`.

use resilient_runtime::{Rejected, retry};

const DELAY_MS: u64 = 100;

#[retry(delay = DELAY_MS)]
//              ^^^^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
