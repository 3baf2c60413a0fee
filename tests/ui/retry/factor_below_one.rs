//! Delays do not shrink.

use resilient_runtime::{Rejected, retry};

#[retry(factor = 0.5)]
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
