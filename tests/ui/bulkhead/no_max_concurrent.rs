//! A bulkhead has no default size.

use resilient_runtime::{Rejected, bulkhead};

#[bulkhead]
// <- fault
async fn load() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
