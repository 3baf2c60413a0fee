//! `rejected` is no flag.

use resilient_runtime::{Rejected, timeout};

#[timeout("1s", rejected)]
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
