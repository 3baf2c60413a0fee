//! A constant is held to the same.

use std::time::Duration;

use resilient_runtime::{Rejected, hedge};

const AFTER: Duration = Duration::ZERO;

#[hedge(after = AFTER)]
//              ^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
