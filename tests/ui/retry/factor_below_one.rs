//! Delays do not shrink.

use resilient_runtime::{Rejected, retry};

#[retry(factor = 0.5)]
//               ^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
