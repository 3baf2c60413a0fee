//! The arguments are in scope, and nothing else of the body.

use resilient_runtime::{Rejected, fallback};

#[fallback(value = count)]
//                 ^^^^^ fault
async fn stock(sku: u64) -> Result<u64, Rejected> {
    let count = sku;
    Ok(count)
}

fn main() {}
