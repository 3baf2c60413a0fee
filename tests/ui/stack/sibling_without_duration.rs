//! What is missing from an attribute beneath is said on it.

use resilient_runtime::{Rejected, retry, timeout};

#[retry]
#[timeout]
// <- fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
