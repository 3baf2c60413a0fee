//! A function to fall back to has to be in scope.

use resilient_runtime::{Rejected, fallback};

#[fallback(cached)]
//         ^^^^^^ fault
async fn stock(sku: u64) -> Result<u64, Rejected> {
    Ok(sku)
}

fn main() {}
