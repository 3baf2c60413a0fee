//! An inner timeout is shorter than the one above it.

use resilient_runtime::{Rejected, timeout};

#[timeout("1s")]
#[timeout("1s")]
//        ^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
