//! Until it is measured, every call would be made twice.

use resilient_runtime::{Rejected, hedge};

#[hedge(after = "p95", initial = "0s")]
//                               ^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
