//! What counts is the retries, not the attempts.

use resilient_runtime::{Rejected, retry};

#[retry(max_attempts = 3)]
//      ^^^^^^^^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
