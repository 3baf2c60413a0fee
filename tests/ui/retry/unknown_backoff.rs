//! The word of a backoff is one that there is.

use resilient_runtime::{Rejected, retry};

#[retry(backoff = "liniar")]
//                ^^^^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
