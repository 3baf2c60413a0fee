//! The cap on delays has a unit.

use resilient_runtime::{Rejected, retry};

#[retry(max_delay = 100)]
//                  ^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
