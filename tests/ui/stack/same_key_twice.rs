//! One key of one name twice in one stack.

use resilient_runtime::{Rejected, bulkhead};

#[bulkhead(name = "tenants", max_concurrent = 1, key = tenant)]
#[bulkhead(name = "tenants", key = tenant)]
//                ^^^^^^^^^ fault
async fn load(tenant: u64) -> Result<(), Rejected> {
    drop(tenant.to_string());
    Ok(())
}

fn main() {}
