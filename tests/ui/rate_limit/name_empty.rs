//! A name has a character.

use resilient_runtime::{Rejected, rate_limit};

#[rate_limit("10/s", name = "")]
//                          ^^ fault
async fn search() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
