//! A misspelt key is told the right one.

use resilient_runtime::{Rejected, fallback};

#[fallback(vlaue = 3)]
//         ^^^^^ fault
async fn stock(sku: u64) -> Result<u64, Rejected> {
    Ok(sku)
}

fn main() {}
