//! `max` is 1 or more.

use resilient_runtime::{Rejected, retry};

#[retry(max = 0)]
//            ^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
