//! A key that is nearly one of ours.

use resilient_runtime::{Rejected, rate_limit};

#[rate_limit("10/s", max_wiat = "50ms")]
//                   ^^^^^^^^ fault
async fn search() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
