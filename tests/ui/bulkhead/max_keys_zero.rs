//! There has to be room for one key.

use resilient_runtime::{Rejected, bulkhead};

#[bulkhead(max_concurrent = 3, key = tenant, max_keys = 0)]
//                                                      ^ fault
async fn load(tenant: u64) -> Result<(), Rejected> {
    drop(tenant.to_string());
    Ok(())
}

fn main() {}
