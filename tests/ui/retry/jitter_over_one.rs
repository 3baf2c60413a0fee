//! A ratio is up to 1.

use resilient_runtime::{Rejected, retry};

#[retry(jitter = 1.5)]
//               ^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
