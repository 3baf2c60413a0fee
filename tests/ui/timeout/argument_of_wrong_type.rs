//! A timeout by an argument is a `Duration`.

use resilient_runtime::{Rejected, timeout};

#[timeout(millis)]
//        ^^^^^^ fault
async fn call(millis: u64) -> Result<u64, Rejected> {
    Ok(millis)
}

fn main() {}
