//! The number of retries is `max`.

use resilient_runtime::{Rejected, retry};

#[retry(max_retries = 3)]
//      ^^^^^^^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
