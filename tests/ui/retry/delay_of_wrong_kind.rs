//! The first delay is a duration, and not yes or no.

use resilient_runtime::{Rejected, retry};

#[retry(delay = true)]
//              ^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
