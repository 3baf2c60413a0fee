//! Delays do not run backwards.

use resilient_runtime::{Rejected, retry};

#[retry(factor = -2.0)]
//               ^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
