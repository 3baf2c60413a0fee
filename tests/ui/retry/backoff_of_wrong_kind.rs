//! A backoff is a word or a function.

use resilient_runtime::{Rejected, retry};

#[retry(backoff = 2.0)]
//                ^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
