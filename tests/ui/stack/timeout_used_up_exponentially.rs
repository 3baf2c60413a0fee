//! A timeout leaves time for every retry beneath it.

use resilient_runtime::{Rejected, retry, timeout};

#[timeout("1s")]
//        ^^^^ fault
#[retry(max = 4, delay = "100ms", factor = 3.0)]
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
