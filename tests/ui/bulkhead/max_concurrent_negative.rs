//! A count is positive.

use resilient_runtime::{Rejected, bulkhead};

#[bulkhead(name = "db", max_concurrent = -1)]
//                                       ^^ fault
async fn load() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
