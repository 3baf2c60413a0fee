//! Words stand in parentheses.

use resilient_runtime::{Rejected, fallback};

#[fallback(value = 3, on = timeout)]
//                    ^^^^^^^^^^^^ fault
async fn stock(sku: u64) -> Result<u64, Rejected> {
    Ok(sku)
}

fn main() {}
