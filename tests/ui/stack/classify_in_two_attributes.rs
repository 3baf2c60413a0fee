//! `classify` holds for the whole stack, and is written once.

use resilient_runtime::{Classify, Rejected, retry, timeout};

#[retry(classify = Classify::class)]
#[timeout("1s", classify = Classify::class)]
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
