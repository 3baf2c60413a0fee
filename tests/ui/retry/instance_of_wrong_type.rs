//! The instance of a `#[retry]` is a `Retry`.

use resilient_runtime::{Rejected, Timeout, retry};
use std::time::Duration;

static LIMIT: Timeout = Timeout::new(Duration::from_secs(1));

#[retry(LIMIT)]
//      ^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
