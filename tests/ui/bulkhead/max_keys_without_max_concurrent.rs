//! It is a setting, and settings are written where the bulkhead is declared.

use resilient_runtime::{Rejected, bulkhead};

#[bulkhead(name = "db", key = tenant, max_keys = 10)]
//                                               ^^ fault
async fn load(tenant: u64) -> Result<(), Rejected> {
    drop(tenant.to_string());
    Ok(())
}

fn main() {}
