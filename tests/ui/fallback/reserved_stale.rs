//! The last good value is a word of a later version.

use resilient_runtime::{Rejected, fallback};

#[fallback(stale(key = sku, ttl = "10m"))]
//         ^^^^^ fault
async fn stock(sku: u64) -> Result<u64, Rejected> {
    Ok(sku)
}

fn main() {}
