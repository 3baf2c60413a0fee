//! A key differs from call to call.

use resilient_runtime::{Rejected, rate_limit};

#[rate_limit("10/s", key = "tenant")]
//                         ^^^^^^^^ fault
async fn search(tenant: u64) -> Result<(), Rejected> {
    drop(tenant.to_string());
    Ok(())
}

fn main() {}
