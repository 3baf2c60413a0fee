//! The unit of a timeout is no key.

use resilient_runtime::{Rejected, timeout};

#[timeout(secs = 5)]
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
