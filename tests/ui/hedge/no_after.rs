//! The other keys say nothing of how long to wait.

use resilient_runtime::{Rejected, hedge};

#[hedge(max = 2)]
// <- fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
