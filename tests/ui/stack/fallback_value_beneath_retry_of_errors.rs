//! A timeout between is no reason, where only errors are retried.

use resilient_runtime::{Rejected, fallback, retry, timeout};

#[retry(on(error))]
#[timeout("1s")]
#[fallback(value = ())]
//                 ^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
