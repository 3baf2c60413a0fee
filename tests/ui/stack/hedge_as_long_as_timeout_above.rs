//! A copy starts before the timeout above ends everything.

use resilient_runtime::{Rejected, hedge, timeout};

#[timeout("50ms")]
#[hedge(after = "50ms")]
//              ^^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
