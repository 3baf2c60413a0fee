//! A factor is finite.

use resilient_runtime::{Rejected, retry};

#[retry(factor = 1e999)]
//               ^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
