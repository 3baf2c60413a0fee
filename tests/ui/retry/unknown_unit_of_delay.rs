//! The unit of a delay is one that there is.

use resilient_runtime::{Rejected, retry};

#[retry(delay = "5 parsecs")]
//              ^^^^^^^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
