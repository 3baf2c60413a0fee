//! A duration is written in whole numbers.

use resilient_runtime::{Rejected, retry};

#[retry(delay = "1.5s")]
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
