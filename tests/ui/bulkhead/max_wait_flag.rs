//! A truth value is no duration.

use resilient_runtime::{Rejected, bulkhead};

#[bulkhead(max_concurrent = 20, max_wait = true)]
//                                         ^^^^ fault
async fn load() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
