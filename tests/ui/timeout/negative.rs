//! There is no time before now.

use resilient_runtime::{Rejected, timeout};

#[timeout("-5s")]
//        ^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
