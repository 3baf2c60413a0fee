//! Nor is it a rate in quotes.

use resilient_runtime::{Rejected, rate_limit};

#[rate_limit("100")]
//           ^^^^^ fault
async fn search() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
