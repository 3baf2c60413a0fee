//! Nor have its two halves.

use resilient_runtime::{Rejected, rate_limit};

#[rate_limit("100/s", period = "1s")]
//                    ^^^^^^ fault
async fn search() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
