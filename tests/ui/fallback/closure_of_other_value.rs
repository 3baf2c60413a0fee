//! A closure answers with the type that the function returns.

use resilient_runtime::{Rejected, fallback};

#[fallback(|_| Ok("none"))]
//             ^^^^^^^^^^ fault
async fn stock(sku: u64) -> Result<u64, Rejected> {
    Ok(sku)
}

fn main() {}
