//! Under the median most calls would be made twice.

use resilient_runtime::{Rejected, hedge};

#[hedge(after = "p40", initial = "50ms")]
//              ^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
