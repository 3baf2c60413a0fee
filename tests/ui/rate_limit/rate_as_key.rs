//! The rate has no key.

use resilient_runtime::{Rejected, rate_limit};

#[rate_limit(rate = "100/s")]
//           ^^^^ fault
async fn search() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
