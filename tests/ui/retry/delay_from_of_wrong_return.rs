//! `delay_from` may have no answer.

use resilient_runtime::{Rejected, retry};
use std::time::Duration;

#[retry(delay_from = |_| Duration::from_secs(1))]
//                       ^^^^^^^^^^^^^^^^^^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
