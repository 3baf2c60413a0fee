//! A bulkhead without a place lets nothing through.

use resilient_runtime::{Rejected, bulkhead};

#[bulkhead(name = "db", max_concurrent = 0)]
//                                       ^ fault
async fn load() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
