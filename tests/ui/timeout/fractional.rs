//! A duration is written in whole numbers.

use resilient_runtime::{Rejected, timeout};

#[timeout(0.5)]
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
