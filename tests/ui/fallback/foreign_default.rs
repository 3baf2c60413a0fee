//! The words of other libraries are told ours: a default.

use resilient_runtime::{Rejected, fallback};

#[fallback(default = 3)]
//         ^^^^^^^ fault
async fn stock(sku: u64) -> Result<u64, Rejected> {
    Ok(sku)
}

fn main() {}
