//! A duration is written in whole numbers.

use resilient_runtime::{Rejected, timeout};

#[timeout(0.5)]
//        ^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
