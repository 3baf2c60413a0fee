//! A constant is held to the same as a literal.

use std::time::Duration;

use resilient_runtime::{Rejected, hedge, timeout};

const LIMIT: Duration = Duration::from_millis(50);

#[timeout(LIMIT)]
#[hedge(after = "60ms")]
//              ^^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
