//! All faults of one attribute are reported in one pass, each on its own tokens.

use resilient_runtime::{Rejected, rate_limit};

#[rate_limit("0/s", name = "", bust = 20, max_wait = 5)]
//           ^^^^^ fault
async fn search() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
