//! A backoff function is given the number of the attempt.

use std::time::Duration;

use resilient_runtime::{Rejected, retry};

fn growing(delay: Duration) -> Duration {
    delay * 2
}

#[retry(backoff = growing)]
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
