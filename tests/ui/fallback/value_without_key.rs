//! A value is written with its key.

use resilient_runtime::{Rejected, fallback};

#[fallback(3)]
//         ^ fault
async fn stock(sku: u64) -> Result<u64, Rejected> {
    Ok(sku)
}

fn main() {}
