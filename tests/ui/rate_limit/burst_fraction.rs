//! A burst is a count.

use resilient_runtime::{Rejected, rate_limit};

#[rate_limit("10/s", burst = 2.5)]
//                           ^^^ fault
async fn search() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
