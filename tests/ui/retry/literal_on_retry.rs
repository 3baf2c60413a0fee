//! `on_retry` is a function.

use resilient_runtime::{Rejected, retry};

#[retry(on_retry = "always")]
//                 ^^^^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
