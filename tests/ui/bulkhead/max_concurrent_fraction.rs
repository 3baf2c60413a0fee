//! A count is whole.

use resilient_runtime::{Rejected, bulkhead};

#[bulkhead(name = "db", max_concurrent = 2.5)]
//                                       ^^^ fault
async fn load() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
