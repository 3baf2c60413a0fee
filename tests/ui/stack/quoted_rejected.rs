//! `rejected` is a path, without quotes.

use resilient_runtime::{Rejected, timeout};

#[timeout("1s", rejected = "same")]
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
