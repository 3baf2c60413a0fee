//! A `mut` argument would carry what one attempt did to it into the next.

use resilient_runtime::{Rejected, retry};

#[retry]
async fn pay(mut retries: Vec<u8>) -> Result<usize, Rejected> {
    //       ^^^ fault
    retries.push(1);
    Ok(retries.len())
}

fn main() {}
