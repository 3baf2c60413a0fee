//! A ratio is up to 100 percent.

use resilient_runtime::{Rejected, retry};

#[retry(jitter = "150%")]
//               ^^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
