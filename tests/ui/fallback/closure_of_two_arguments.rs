//! A closure is given the error, and nothing else.

use resilient_runtime::{Rejected, fallback};

#[fallback(|error, sku| Ok(sku))]
//         ^^^^^^^^^^^^^^^^^^^^ fault
async fn stock(sku: u64) -> Result<u64, Rejected> {
    Ok(sku)
}

fn main() {}
