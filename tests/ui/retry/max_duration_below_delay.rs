//! The first delay ends before the time is up.

use resilient_runtime::{Rejected, retry};

#[retry(delay = "1s", max_duration = "999ms")]
//                                   ^^^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
