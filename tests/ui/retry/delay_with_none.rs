//! With `"none"` there is no `delay`.

use resilient_runtime::{Rejected, retry};

#[retry(backoff = "none", delay = "1s")]
//                        ^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
