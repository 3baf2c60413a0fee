//! A bulkhead for each value is a word of a later version.

use resilient_runtime::{Rejected, bulkhead};

#[bulkhead(max_concurrent = 20, key = tenant)]
//                              ^^^ fault
async fn load(tenant: u64) -> Result<(), Rejected> {
    drop(tenant.to_string());
    Ok(())
}

fn main() {}
