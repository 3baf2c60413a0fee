//! A constant timeout is a `Duration`.

use resilient_runtime::{Rejected, timeout};

const LIMIT_MS: u64 = 500;

#[timeout(LIMIT_MS)]
//        ^^^^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
