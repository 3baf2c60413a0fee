//! Nothing would read it.

use resilient_runtime::{Rejected, bulkhead};

#[bulkhead(max_concurrent = 3, max_keys = 10)]
//                             ^^^^^^^^ fault
async fn load(tenant: u64) -> Result<(), Rejected> {
    drop(tenant.to_string());
    Ok(())
}

fn main() {}
