//! `when_ok` is a function.

use resilient_runtime::{Rejected, retry};

#[retry(when_ok = "always")]
//                ^^^^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
