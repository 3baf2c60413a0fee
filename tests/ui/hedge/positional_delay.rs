//! The delay has a key.

use resilient_runtime::{Rejected, hedge};

#[hedge("50ms")]
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
