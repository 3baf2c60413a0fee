//! A value has no use for the error.

use resilient_runtime::{Rejected, fallback};

#[fallback(value = 3, with_error)]
//                    ^^^^^^^^^^ fault
async fn stock(sku: u64) -> Result<u64, Rejected> {
    Ok(sku)
}

fn main() {}
