//! The word of a jitter is one that there is.

use resilient_runtime::{Rejected, retry};

#[retry(jitter = "ful")]
//               ^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
