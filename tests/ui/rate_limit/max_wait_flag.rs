//! A duration is written.

use resilient_runtime::{Rejected, rate_limit};

#[rate_limit("10/s", max_wait)]
//                   ^^^^^^^^ fault
async fn search() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
