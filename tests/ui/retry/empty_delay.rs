//! The first delay says how long it is.

use resilient_runtime::{Rejected, retry};

#[retry(delay = "")]
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
