//! A key needs its value.

use resilient_runtime::{Rejected, bulkhead};

#[bulkhead(max_concurrent)]
//         ^^^^^^^^^^^^^^ fault
async fn load() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
