//! And so is a constant delay.

use std::time::Duration;

use resilient_runtime::{Rejected, hedge, timeout};

const LIMIT: Duration = Duration::from_millis(50);

#[hedge(after = LIMIT)]
//              ^^^^^ fault
#[timeout("40ms")]
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
