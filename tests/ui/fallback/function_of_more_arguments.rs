//! A function to fall back to takes as many arguments.

use resilient_runtime::{Rejected, fallback};

async fn cached(sku: u64, shop: u64) -> Result<u64, Rejected> {
    Ok(sku + shop)
}

#[fallback(cached)]
//         ^^^^^^ fault
async fn stock(sku: u64) -> Result<u64, Rejected> {
    Ok(sku)
}

fn main() {}
