//! An argument that is taken apart for good cannot be handed on.

use resilient_runtime::{Rejected, fallback};

async fn cached((sku, _): (u64, u64)) -> Result<u64, Rejected> {
    Ok(sku)
}

#[fallback(cached)]
async fn stock((sku, ..): (u64, u64)) -> Result<u64, Rejected> {
    //         ^^^^^^^^^ fault
    Ok(sku)
}

fn main() {}
