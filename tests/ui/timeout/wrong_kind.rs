//! A timeout is a duration, and not yes or no.

use resilient_runtime::{Rejected, timeout};

#[timeout(true)]
//        ^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
