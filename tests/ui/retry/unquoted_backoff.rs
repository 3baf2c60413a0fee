//! The word of a backoff stands in quotes.

use resilient_runtime::{Rejected, retry};

#[retry(backoff = exp)]
//                ^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
