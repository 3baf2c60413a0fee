//! An error that `?` cannot convert is reported at the `?`.

use resilient_runtime::{Rejected, retry, timeout};

#[timeout("5s")]
#[retry]
async fn price(sku: &str) -> Result<u32, Rejected> {
    Ok(sku.parse::<u32>()?)
    //                   ^ fault
}

fn main() {}
