//! Half-typed: there is a `=`, and nothing behind it.

use resilient_runtime::{Rejected, fallback};

#[fallback(value =)]
//         ^^^^^ fault
async fn stock(sku: u64) -> Result<u64, Rejected> {
    Ok(sku)
}

fn main() {}
