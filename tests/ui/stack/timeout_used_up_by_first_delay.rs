//! A timeout leaves time for the first retry beneath it.

use resilient_runtime::{Rejected, retry, timeout};

#[timeout("1s")]
//        ^^^^ fault
#[retry(delay = "2s")]
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
