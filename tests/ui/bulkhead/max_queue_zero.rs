//! A queue has at least one place.

use resilient_runtime::{Rejected, bulkhead};

#[bulkhead(max_concurrent = 20, max_wait = "1s", max_queue = 0)]
//                                                           ^ fault
async fn load() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
