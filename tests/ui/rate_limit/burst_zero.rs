//! A burst is at least one call.

use resilient_runtime::{Rejected, rate_limit};

#[rate_limit("10/s", burst = 0)]
//                           ^ fault
async fn search() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
