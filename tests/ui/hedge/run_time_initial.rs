//! All calls are measured together.

use std::time::Duration;

use resilient_runtime::{Rejected, hedge};

#[hedge(after = "p95", initial = wait)]
//                               ^^^^ fault
async fn call(wait: Duration) -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
