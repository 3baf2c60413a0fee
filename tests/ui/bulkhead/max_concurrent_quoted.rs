//! A count has no quotes.

use resilient_runtime::{Rejected, bulkhead};

#[bulkhead(name = "db", max_concurrent = "20")]
//                                       ^^^^ fault
async fn load() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
