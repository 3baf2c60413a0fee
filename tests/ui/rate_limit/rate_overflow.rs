//! A rate has at most as many calls as a count has.

use resilient_runtime::{Rejected, rate_limit};

#[rate_limit("4294967296/s")]
//           ^^^^^^^^^^^^^^ fault
async fn search() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
