//! A function to fall back to is named, not called.

use resilient_runtime::{Rejected, fallback};

async fn cached(sku: u64) -> Result<u64, Rejected> {
    Ok(sku)
}

#[fallback(cached(sku))]
//         ^^^^^^^^^^^ fault
async fn stock(sku: u64) -> Result<u64, Rejected> {
    Ok(sku)
}

fn main() {}
