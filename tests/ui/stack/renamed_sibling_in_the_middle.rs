//! A renamed attribute stands on top, even among others.

use resilient_runtime::{Rejected, bulkhead, retry, timeout as limit};

#[retry]
#[limit("1s")]
// <- fault
#[bulkhead(max_concurrent = 3)]
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
