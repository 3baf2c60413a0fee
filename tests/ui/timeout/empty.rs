//! A duration says how long it is.

use resilient_runtime::{Rejected, timeout};

#[timeout("")]
//        ^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
