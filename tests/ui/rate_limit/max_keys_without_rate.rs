//! The bound is a setting, and settings belong to a declaration.

use resilient_runtime::{Rejected, rate_limit};

#[rate_limit(name = "api", key = tenant, max_keys = 5)]
//                                       ^^^^^^^^ fault
async fn search(tenant: u64) -> Result<(), Rejected> {
    drop(tenant.to_string());
    Ok(())
}

fn main() {}
