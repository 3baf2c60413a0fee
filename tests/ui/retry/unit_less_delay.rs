//! The first delay has a unit.

use resilient_runtime::{Rejected, retry};

#[retry(delay = 100)]
//              ^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
