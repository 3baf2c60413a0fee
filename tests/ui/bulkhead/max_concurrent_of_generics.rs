//! A bulkhead is shared, and cannot depend on the generics of one function.

use resilient_runtime::{Rejected, bulkhead};

#[bulkhead(max_concurrent = N)]
//                          ^ fault
async fn load<const N: usize>() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
