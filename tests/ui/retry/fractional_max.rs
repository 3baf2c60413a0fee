//! A count is a whole number.

use resilient_runtime::{Rejected, retry};

#[retry(max = 3.5)]
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
