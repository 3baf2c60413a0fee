//! All faults of one attribute are reported in one pass, each on its own tokens.

use resilient_runtime::{Rejected, fallback};

#[fallback(vlaue = 3, with_error = 4, when = 3, on(sometimes), clone(sku, sku), stale)]
//         ^^^^^ fault
async fn stock(sku: u64) -> Result<u64, Rejected> {
    Ok(sku)
}

fn main() {}
