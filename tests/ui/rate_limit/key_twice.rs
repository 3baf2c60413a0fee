//! A key stands once.

use resilient_runtime::{Rejected, rate_limit};

#[rate_limit("10/s", burst = 1, burst = 2)]
//                              ^^^^^ fault
async fn search() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
