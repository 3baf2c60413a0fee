//! A flag has no value.

use resilient_runtime::{Rejected, fallback};

async fn cached(sku: u64, _: Rejected) -> Result<u64, Rejected> {
    Ok(sku)
}

#[fallback(cached, with_error = true)]
//                 ^^^^^^^^^^ fault
async fn stock(sku: u64) -> Result<u64, Rejected> {
    Ok(sku)
}

fn main() {}
