//! There is nothing to bound.

use resilient_runtime::{Rejected, rate_limit};

#[rate_limit("10/s", max_keys = 5)]
//                   ^^^^^^^^ fault
async fn search() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
