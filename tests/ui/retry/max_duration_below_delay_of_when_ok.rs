//! The first delay ends before the time is up, for a success too.

use resilient_runtime::{Rejected, retry};

fn busy((): &()) -> bool {
    true
}

#[retry(when_ok = busy, delay = "1s", max_duration = "10ms")]
//                                                   ^^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
