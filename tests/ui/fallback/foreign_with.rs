//! The words of other libraries are told ours: with.

use resilient_runtime::{Rejected, fallback};

async fn cached(sku: u64) -> Result<u64, Rejected> {
    Ok(sku)
}

#[fallback(with = cached)]
//         ^^^^ fault
async fn stock(sku: u64) -> Result<u64, Rejected> {
    Ok(sku)
}

fn main() {}
