//! The first delay is longer than zero.

use resilient_runtime::{Rejected, retry};

#[retry(delay = "0ms")]
//              ^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
