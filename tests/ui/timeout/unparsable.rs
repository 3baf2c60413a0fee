//! A timeout is a duration.

use resilient_runtime::{Rejected, timeout};

#[timeout("soon")]
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
