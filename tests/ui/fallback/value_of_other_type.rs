//! The value is of the type that the function returns.

use resilient_runtime::{Rejected, fallback};

#[fallback(value = "none")]
//                 ^^^^^^ fault
async fn stock(sku: u64) -> Result<u64, Rejected> {
    Ok(sku)
}

fn main() {}
