//! A constant ratio is up to 1.

use resilient_runtime::{Rejected, retry};

const SPREAD: f64 = 1.5;

#[retry(jitter = SPREAD)]
//               ^^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
