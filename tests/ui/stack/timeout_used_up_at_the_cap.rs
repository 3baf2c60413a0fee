//! Delays at their cap take time as well.

use resilient_runtime::{Rejected, retry, timeout};

#[timeout("40s")]
//        ^^^^^ fault
#[retry(max = 7, delay = "1s", max_delay = "10s")]
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
