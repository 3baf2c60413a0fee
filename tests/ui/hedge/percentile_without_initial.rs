//! Before it is measured, a percentile is not known.

use resilient_runtime::{Rejected, hedge};

#[hedge(after = "p95")]
//              ^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
