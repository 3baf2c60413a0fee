//! So does a word without a value.

use resilient_runtime::{Rejected, rate_limit};

#[rate_limit(name = "api", shadow)]
//                         ^^^^^^ fault
async fn search() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
