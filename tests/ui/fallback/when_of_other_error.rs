//! A predicate is over the function's own error.

use resilient_runtime::{Rejected, fallback};

fn is_lost(_: &std::io::Error) -> bool {
    true
}

#[fallback(value = 3, when = is_lost)]
//                           ^^^^^^^ fault
async fn stock(sku: u64) -> Result<u64, Rejected> {
    Ok(sku)
}

fn main() {}
