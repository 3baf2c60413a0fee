//! A hedge without a copy is none.

use resilient_runtime::{Rejected, hedge};

#[hedge(after = "50ms", max = 0)]
//                            ^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
