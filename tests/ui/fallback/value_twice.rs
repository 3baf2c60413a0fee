//! A key is written once.

use resilient_runtime::{Rejected, fallback};

#[fallback(value = 3, value = 4)]
//                    ^^^^^ fault
async fn stock(sku: u64) -> Result<u64, Rejected> {
    Ok(sku)
}

fn main() {}
