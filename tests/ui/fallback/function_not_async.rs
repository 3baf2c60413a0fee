//! A function to fall back to is async.

use resilient_runtime::{Rejected, fallback};

fn cached(sku: u64) -> Result<u64, Rejected> {
    Ok(sku)
}

#[fallback(cached)]
//         ^^^^^^ fault
async fn stock(sku: u64) -> Result<u64, Rejected> {
    Ok(sku)
}

fn main() {}
