//! A closure answers with a `Result`.

use resilient_runtime::{Rejected, fallback};

#[fallback(|_| 3)]
//             ^ fault
async fn stock(sku: u64) -> Result<u64, Rejected> {
    Ok(sku)
}

fn main() {}
