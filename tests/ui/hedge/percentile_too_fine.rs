//! A percentile has one place behind the point.

use resilient_runtime::{Rejected, hedge};

#[hedge(after = "p95.55", initial = "50ms")]
//              ^^^^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
