//! What is narrowed to nothing never answers.

use resilient_runtime::{Rejected, fallback};

#[fallback(value = 3, on())]
//                    ^^^^ fault
async fn stock(sku: u64) -> Result<u64, Rejected> {
    Ok(sku)
}

fn main() {}
