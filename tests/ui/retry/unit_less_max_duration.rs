//! The limit on all attempts has a unit.

use resilient_runtime::{Rejected, retry};

#[retry(max_duration = 100)]
//                     ^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
