//! A borrow that ends too early is reported where it is.

use resilient_runtime::{Rejected, retry};

#[retry]
async fn price(sku: &str) -> Result<String, Rejected> {
    let text = sku.to_owned();
    drop(text);
    Ok(text)
    // ^^^^ fault
}

fn main() {}
