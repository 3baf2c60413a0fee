//! A body that consumes what the fallback needs too.

use resilient_runtime::{Rejected, fallback};

async fn cached(sku: String) -> Result<usize, Rejected> {
    Ok(sku.len())
}

#[fallback(cached)]
//         ^^^^^^ fault
async fn stock(sku: String) -> Result<usize, Rejected> {
    Ok(sku.into_bytes().len())
}

fn main() {}
