//! A jitter is a word or a ratio.

use resilient_runtime::{Rejected, retry};

#[retry(jitter = true)]
//               ^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
