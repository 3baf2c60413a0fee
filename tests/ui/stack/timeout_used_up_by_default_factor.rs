//! Delays that are written grow by the default factor.

use resilient_runtime::{Rejected, bulkhead, retry, timeout};

#[timeout("2s")]
//        ^^^^ fault
#[bulkhead(max_concurrent = 3)]
#[retry(max = 5, delay = "100ms")]
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
