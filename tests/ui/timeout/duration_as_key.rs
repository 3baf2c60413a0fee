//! The duration of a timeout has no key.

use resilient_runtime::{Rejected, timeout};

#[timeout(duration = "5s")]
//        ^^^^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
