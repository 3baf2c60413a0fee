//! A name is written with its key.

use resilient_runtime::{Rejected, bulkhead};

#[bulkhead("db", max_concurrent = 20)]
//         ^^^^ fault
async fn load() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
