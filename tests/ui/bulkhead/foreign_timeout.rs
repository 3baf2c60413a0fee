//! The words of other libraries are told ours: a timeout.

use resilient_runtime::{Rejected, bulkhead};

#[bulkhead(max_concurrent = 20, timeout = "1s")]
//                              ^^^^^^^ fault
async fn load() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
