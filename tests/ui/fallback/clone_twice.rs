//! Each argument is named once.

use resilient_runtime::{Rejected, fallback};

async fn cached(sku: u64) -> Result<u64, Rejected> {
    Ok(sku)
}

#[fallback(cached, clone(sku, sku))]
//                            ^^^ fault
async fn stock(sku: u64) -> Result<u64, Rejected> {
    Ok(sku)
}

fn main() {}
