//! Delays do not shrink by a constant either.

use resilient_runtime::{Rejected, retry};

const GROWTH: f64 = 0.9;

#[retry(factor = GROWTH)]
//               ^^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
