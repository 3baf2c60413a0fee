//! Half-typed: a method without a name in the body. That is for rustc to say.

use resilient_runtime::{Rejected, retry};

#[retry]
async fn price(sku: &str) -> Result<usize, Rejected> {
    let sku = sku.;
    //            ^ fault
    Ok(sku.len())
}

fn main() {
    drop(price("a"));
}
