//! The cap on delays is longer than zero.

use resilient_runtime::{Rejected, retry};

#[retry(max_delay = "0ms")]
//                  ^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
