//! To wait for no time is not to wait.

use resilient_runtime::{Rejected, rate_limit};

#[rate_limit("10/s", max_wait = "0s")]
//                              ^^^^ fault
async fn search() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
