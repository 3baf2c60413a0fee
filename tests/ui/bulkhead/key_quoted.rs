//! A text is the same for every call; the argument has no quotes.

use resilient_runtime::{Rejected, bulkhead};

#[bulkhead(max_concurrent = 3, key = "tenant")]
//                                   ^^^^^^^^ fault
async fn load(tenant: u64) -> Result<(), Rejected> {
    drop(tenant.to_string());
    Ok(())
}

fn main() {}
