//! A predicate is a path or a closure.

use resilient_runtime::{Rejected, fallback};

#[fallback(value = 3, when = true)]
//                           ^^^^ fault
async fn stock(sku: u64) -> Result<u64, Rejected> {
    Ok(sku)
}

fn main() {}
