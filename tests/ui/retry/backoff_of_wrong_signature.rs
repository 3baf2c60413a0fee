//! A backoff function is given the number of the attempt.

use resilient_runtime::{Rejected, retry};
use std::time::Duration;

fn growing(delay: Duration) -> Duration {
    delay * 2
}

#[retry(backoff = growing)]
//                ^^^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
