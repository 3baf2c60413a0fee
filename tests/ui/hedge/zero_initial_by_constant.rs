//! A constant is held to the same.

use std::time::Duration;

use resilient_runtime::{Rejected, hedge};

const INITIAL: Duration = Duration::ZERO;

#[hedge(after = "p95", initial = INITIAL)]
//                               ^^^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
