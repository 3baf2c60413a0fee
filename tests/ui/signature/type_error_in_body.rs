//! A type error in the body is reported there, and nowhere else.

use resilient_runtime::{Rejected, retry, timeout};

#[timeout("5s")]
#[retry]
async fn price(sku: &str) -> Result<usize, Rejected> {
    let length: usize = sku.to_owned();
    //                  ^^^^^^^^^^^^^^ fault
    Ok(length)
}

fn main() {}
