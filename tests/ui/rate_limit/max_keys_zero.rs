//! There is room for one key at least.

use resilient_runtime::{Rejected, rate_limit};

#[rate_limit("10/s", key = tenant, max_keys = 0)]
//                                            ^ fault
async fn search(tenant: u64) -> Result<(), Rejected> {
    drop(tenant.to_string());
    Ok(())
}

fn main() {}
