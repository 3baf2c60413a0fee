//! The count has a key.

use resilient_runtime::{Rejected, hedge};

#[hedge(after = "50ms", 2)]
//                      ^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
