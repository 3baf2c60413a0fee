//! With `with_error` a function takes the error as well.

use resilient_runtime::{Rejected, fallback};

async fn cached(sku: u64) -> Result<u64, Rejected> {
    Ok(sku)
}

#[fallback(cached, with_error)]
//         ^^^^^^ fault
async fn stock(sku: u64) -> Result<u64, Rejected> {
    Ok(sku)
}

fn main() {}
