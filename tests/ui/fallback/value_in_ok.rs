//! The value is the one inside of `Ok`.

use resilient_runtime::{Rejected, fallback};

#[fallback(value = Ok(3))]
//                 ^^^^^ fault
async fn stock(sku: u64) -> Result<u64, Rejected> {
    Ok(sku)
}

fn main() {}
