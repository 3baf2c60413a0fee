//! A count has an end.

use resilient_runtime::{Rejected, bulkhead};

#[bulkhead(name = "db", max_concurrent = 5_000_000_000)]
//                                       ^^^^^^^^^^^^^ fault
async fn load() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
