//! A key has a text.

use resilient_runtime::{Rejected, rate_limit};

struct Tenant;

#[rate_limit("10/s", key = tenant)]
//                         ^^^^^^ fault
async fn search(tenant: Tenant) -> Result<(), Rejected> {
    drop(tenant);
    Ok(())
}

fn main() {}
