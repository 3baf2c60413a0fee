//! One key holds one value.

use resilient_runtime::{Rejected, hedge};

#[hedge(after = "50ms", after = "60ms")]
//                      ^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
