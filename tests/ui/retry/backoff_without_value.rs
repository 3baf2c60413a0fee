//! `backoff` is no flag.

use resilient_runtime::{Rejected, retry};

#[retry(backoff)]
//      ^^^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
