//! Each word says it once.

use resilient_runtime::{Rejected, fallback};

#[fallback(value = 3, on(timeout, timeout))]
//                                ^^^^^^^ fault
async fn stock(sku: u64) -> Result<u64, Rejected> {
    Ok(sku)
}

fn main() {}
