//! A rate lets at least one call pass.

use resilient_runtime::{Rejected, rate_limit};

#[rate_limit("0/s")]
//           ^^^^^ fault
async fn search() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
