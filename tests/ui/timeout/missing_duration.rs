//! A timeout says how long.

use resilient_runtime::{Rejected, timeout};

#[timeout]
// <- fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
