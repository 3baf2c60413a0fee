//! A function to fall back to takes the same arguments.

use resilient_runtime::{Rejected, fallback};

async fn cached(sku: &str) -> Result<u64, Rejected> {
    Ok(sku.len() as u64)
}

#[fallback(cached)]
//         ^^^^^^ fault
async fn stock(sku: u64) -> Result<u64, Rejected> {
    Ok(sku)
}

fn main() {}
