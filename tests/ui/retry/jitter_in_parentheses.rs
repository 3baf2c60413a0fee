//! A jitter stands after an equals sign.

use resilient_runtime::{Rejected, retry};

#[retry(jitter("full"))]
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
