//! The limit on all attempts is longer than zero.

use resilient_runtime::{Rejected, retry};

#[retry(max_duration = "0ms")]
//                     ^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
