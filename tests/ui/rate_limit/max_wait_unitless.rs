//! A duration has a unit.

use resilient_runtime::{Rejected, rate_limit};

#[rate_limit("10/s", max_wait = 50)]
//                              ^^ fault
async fn search() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
