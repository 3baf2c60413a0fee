//! A timeout leaves time for every retry beneath it.

use resilient_runtime::{Rejected, retry, timeout};

#[timeout("1s")]
//        ^^^^ fault
#[retry(max = 2, backoff = "constant", delay = "600ms")]
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
