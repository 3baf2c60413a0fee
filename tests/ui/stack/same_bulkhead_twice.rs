//! A call takes one place of a bulkhead.

use resilient_runtime::{Rejected, bulkhead};

#[bulkhead(name = "db", max_concurrent = 3)]
#[bulkhead(name = "db")]
//                ^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
