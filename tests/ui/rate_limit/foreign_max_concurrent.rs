//! How many run at once is another policy.

use resilient_runtime::{Rejected, rate_limit};

#[rate_limit("10/s", max_concurrent = 5)]
//                   ^^^^^^^^^^^^^^ fault
async fn search() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
