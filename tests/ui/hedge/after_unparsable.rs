//! What begins like a percentile has a number in it.

use resilient_runtime::{Rejected, hedge};

#[hedge(after = "pfast", initial = "50ms")]
//              ^^^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
