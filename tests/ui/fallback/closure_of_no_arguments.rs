//! A closure is given the error.

use resilient_runtime::{Rejected, fallback};

#[fallback(|| Ok(3))]
//         ^^^^^^^^ fault
async fn stock(sku: u64) -> Result<u64, Rejected> {
    Ok(sku)
}

fn main() {}
