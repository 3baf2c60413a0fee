//! An async closure answers with a `Result` as well.

use resilient_runtime::{Rejected, fallback};

#[fallback(async |_| 3)]
//                   ^ fault
async fn stock(sku: u64) -> Result<u64, Rejected> {
    Ok(sku)
}

fn main() {}
