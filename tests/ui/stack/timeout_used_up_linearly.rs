//! A timeout leaves time for every retry beneath it.

use resilient_runtime::{Rejected, retry, timeout};

#[timeout("1s")]
//        ^^^^ fault
#[retry(max = 9, backoff = "linear", delay = "100ms")]
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
