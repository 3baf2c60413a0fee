//! A function to fall back to returns the same type.

use resilient_runtime::{Rejected, fallback};

async fn cached(sku: u64) -> Result<String, Rejected> {
    Ok(sku.to_string())
}

#[fallback(cached)]
//         ^^^^^^ fault
async fn stock(sku: u64) -> Result<u64, Rejected> {
    Ok(sku)
}

fn main() {}
