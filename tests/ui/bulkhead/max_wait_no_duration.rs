//! A duration is a number and a unit.

use resilient_runtime::{Rejected, bulkhead};

#[bulkhead(max_concurrent = 20, max_wait = "soon")]
//                                         ^^^^^^ fault
async fn load() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
