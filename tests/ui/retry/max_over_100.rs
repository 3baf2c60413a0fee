//! `max` is 100 or less.

use resilient_runtime::{Rejected, retry};

#[retry(max = 101)]
//            ^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
