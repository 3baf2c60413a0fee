//! A closure has the error as its argument already.

use resilient_runtime::{Rejected, fallback};

#[fallback(|_| Ok(3), with_error)]
//                    ^^^^^^^^^^ fault
async fn stock(sku: u64) -> Result<u64, Rejected> {
    Ok(sku)
}

fn main() {}
