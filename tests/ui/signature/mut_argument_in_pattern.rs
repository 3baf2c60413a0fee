//! A `mut` inside of a pattern is one as well.

use resilient_runtime::{Rejected, retry};

#[retry(clone(left))]
async fn pay((mut left, mut right): (u32, u32)) -> Result<u32, Rejected> {
    //                  ^^^ fault
    left += 1;
    right += 1;
    Ok(left + right)
}

fn main() {}
