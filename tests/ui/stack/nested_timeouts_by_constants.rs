//! Of two constant timeouts the inner one is shorter.

use resilient_runtime::{Rejected, retry, timeout};
use std::time::Duration;

const CALL: Duration = Duration::from_secs(2);
const ATTEMPT: Duration = Duration::from_millis(2_500);

#[timeout(CALL)]
#[retry]
#[timeout(ATTEMPT)]
//        ^^^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
