//! The first delay leaves time for the retry after it.

use resilient_runtime::{Rejected, retry};

#[retry(delay = "1s", max_duration = "1s")]
//                                   ^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
