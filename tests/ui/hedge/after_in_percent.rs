//! A percentile is written with a `p`.

use resilient_runtime::{Rejected, hedge};

#[hedge(after = "95%", initial = "50ms")]
//              ^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
