//! To wait for no time is not to wait.

use resilient_runtime::{Rejected, bulkhead};

#[bulkhead(max_concurrent = 20, max_wait = "0ms")]
//                                         ^^^^^ fault
async fn load() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
