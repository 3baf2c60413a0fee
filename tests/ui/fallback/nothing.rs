//! A fallback falls back to something.

use resilient_runtime::{Rejected, fallback};

#[fallback]
// <- fault
async fn stock(sku: u64) -> Result<u64, Rejected> {
    Ok(sku)
}

fn main() {}
