//! A constant is one that there is.

use resilient_runtime::{Rejected, retry};

#[retry(max = MAX_RETRIES)]
//            ^^^^^^^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
