//! A ratio is a number.

use resilient_runtime::{Rejected, retry};

#[retry(jitter = "NaN%")]
//               ^^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
