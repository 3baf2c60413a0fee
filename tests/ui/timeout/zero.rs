//! A timeout is longer than zero.

use resilient_runtime::{Rejected, timeout};

#[timeout("0s")]
//        ^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
