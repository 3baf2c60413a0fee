//! One fallback is one answer; a chain is two attributes.

use resilient_runtime::{Rejected, fallback};

async fn cached(sku: u64) -> Result<u64, Rejected> {
    Ok(sku)
}

#[fallback(cached, cached)]
//                 ^^^^^^ fault
async fn stock(sku: u64) -> Result<u64, Rejected> {
    Ok(sku)
}

fn main() {}
