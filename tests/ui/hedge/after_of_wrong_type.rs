//! A constant delay is a duration.

use resilient_runtime::{Rejected, hedge};

const AFTER: u32 = 50;

#[hedge(after = AFTER)]
//              ^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
