//! All faults of one attribute are reported in one go.

use resilient_runtime::{Rejected, retry};

#[retry(
    max_attempts = 3,
    // <- fault
    backoff = "linear",
    delay = 100,
    factor = 0.5,
    jitter = 50,
    max_delay = "soon",
    on(sometimes),
    when = 3
)]
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
