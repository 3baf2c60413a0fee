//! A duration in quotes has a unit too.

use resilient_runtime::{Rejected, bulkhead};

#[bulkhead(max_concurrent = 20, max_wait = "100")]
//                                         ^^^^^ fault
async fn load() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
