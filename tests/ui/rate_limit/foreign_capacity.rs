//! How many pass at once has another word here.

use resilient_runtime::{Rejected, rate_limit};

#[rate_limit("10/s", capacity = 5)]
//                   ^^^^^^^^ fault
async fn search() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
