//! A call fails by what there is.

use resilient_runtime::{Rejected, fallback};

#[fallback(value = 3, on(timeuot))]
//                       ^^^^^^^ fault
async fn stock(sku: u64) -> Result<u64, Rejected> {
    Ok(sku)
}

fn main() {}
