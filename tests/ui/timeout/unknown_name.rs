//! A name in a timeout is one that there is.

use resilient_runtime::{Rejected, timeout};

#[timeout(limit)]
//        ^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
