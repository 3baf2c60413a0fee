//! A jitter stands after an equals sign.

use resilient_runtime::{Rejected, retry};

#[retry(jitter("full"))]
//      ^^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
