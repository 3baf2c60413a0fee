//! One limit, not two.

use resilient_runtime::{Rejected, bulkhead};

#[bulkhead(name = "db", adaptive, max_concurrent = 20)]
//                                ^^^^^^^^^^^^^^ fault
async fn load() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
