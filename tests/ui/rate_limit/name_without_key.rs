//! A name has a key.

use resilient_runtime::{Rejected, rate_limit};

#[rate_limit("10/s", api)]
//                   ^^^ fault
async fn search() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
