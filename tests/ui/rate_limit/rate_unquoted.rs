//! A rate is written in quotes.

use resilient_runtime::{Rejected, rate_limit};

#[rate_limit(100/s)]
//           ^^^^^ fault
async fn search() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
