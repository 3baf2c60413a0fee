//! A key is written once.

use resilient_runtime::{Rejected, bulkhead};

#[bulkhead(max_concurrent = 20, max_concurrent = 30)]
//                              ^^^^^^^^^^^^^^ fault
async fn load() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
