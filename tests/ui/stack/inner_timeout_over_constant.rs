//! A written timeout beneath a constant one is shorter than that.

use resilient_runtime::{Rejected, timeout};
use std::time::Duration;

const CALL: Duration = Duration::from_secs(2);

#[timeout(CALL)]
#[timeout("1h")]
//        ^^^^ fault
#[timeout("2s")]
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
