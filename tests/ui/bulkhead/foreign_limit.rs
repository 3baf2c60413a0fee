//! The words of other libraries are told ours: a limit.

use resilient_runtime::{Rejected, bulkhead};

#[bulkhead(limit = 20)]
//         ^^^^^ fault
async fn load() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
