//! How long to wait has no default.

use resilient_runtime::{Rejected, hedge};

#[hedge]
// <- fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
