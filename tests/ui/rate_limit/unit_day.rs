//! A day is `24h`.

use resilient_runtime::{Rejected, rate_limit};

#[rate_limit("100/day")]
//           ^^^^^^^^^ fault
async fn search() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
