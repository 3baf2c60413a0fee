//! A rate is a text.

use resilient_runtime::{Rejected, rate_limit};

#[rate_limit('5')]
//           ^^^ fault
async fn search() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
