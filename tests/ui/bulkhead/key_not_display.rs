//! What tells keys apart is their text.

use resilient_runtime::{Rejected, bulkhead};

#[bulkhead(max_concurrent = 3, key = tenant)]
//                                   ^^^^^^ fault
async fn load(tenant: Option<u64>) -> Result<(), Rejected> {
    drop(tenant.into_iter());
    Ok(())
}

fn main() {}
