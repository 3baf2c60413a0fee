//! The unit of a timeout is no key.

use resilient_runtime::{Rejected, timeout};

#[timeout(secs = 5)]
//        ^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
