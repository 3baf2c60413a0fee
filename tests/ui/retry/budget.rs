//! `budget` is a word of a later version.

use resilient_runtime::{Rejected, retry};

#[retry(budget = "shared")]
//      ^^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
