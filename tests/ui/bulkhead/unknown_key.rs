//! A misspelt key is told the right one.

use resilient_runtime::{Rejected, bulkhead};

#[bulkhead(max_concurent = 20)]
//         ^^^^^^^^^^^^^ fault
async fn load() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
