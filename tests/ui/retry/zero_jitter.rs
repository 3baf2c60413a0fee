//! A ratio is over 0.

use resilient_runtime::{Rejected, retry};

#[retry(jitter = "0%")]
//               ^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
