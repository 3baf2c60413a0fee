//! A fixed limit has no bounds.

use resilient_runtime::{Rejected, bulkhead};

#[bulkhead(name = "db", max_concurrent = 20, min = 3, initial = 5)]
//                                           ^^^ fault
async fn load() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
