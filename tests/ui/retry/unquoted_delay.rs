//! A duration with its unit stands in quotes.

use resilient_runtime::{Rejected, retry};

#[retry(delay = 100ms)]
//              ^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
