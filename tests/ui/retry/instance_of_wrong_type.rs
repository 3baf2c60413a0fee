//! The instance of a `#[retry]` is a `Retry`.

use std::time::Duration;
use resilient_runtime::{Rejected, Timeout, retry};

static LIMIT: Timeout = Timeout::new(Duration::from_secs(1));

#[retry(LIMIT)]
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
