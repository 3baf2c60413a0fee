//! Where nobody waits there is no queue.

use resilient_runtime::{Rejected, bulkhead};

#[bulkhead(name = "db", max_concurrent = 20, max_queue = 100)]
//                                           ^^^^^^^^^ fault
async fn load() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
