//! A rate is so many calls, a slash, and in how long.

use resilient_runtime::{Rejected, rate_limit};

#[rate_limit("100 rps")]
//           ^^^^^^^^^ fault
async fn search() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
