//! A copy would see where another one has pointed it.

use resilient_runtime::{Rejected, hedge};

#[hedge(after = "50ms")]
async fn call(mut rest: &[u8]) -> Result<usize, Rejected> {
    //        ^^^ fault
    rest = &rest[1..];
    Ok(rest.len())
}

fn main() {}
