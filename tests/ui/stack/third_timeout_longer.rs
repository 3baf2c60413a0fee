//! An inner timeout is shorter than every one above it.

use resilient_runtime::{Rejected, timeout};

#[timeout("3s")]
#[timeout("1s")]
#[timeout("2s")]
//        ^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
