//! A timeout has no keys of its own.

use resilient_runtime::{Rejected, timeout};

#[timeout("5s", jitter = "full")]
//              ^^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
