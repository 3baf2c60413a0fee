//! A key is one word.

use resilient_runtime::{Rejected, retry};

#[retry(retry::max = 3)]
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
