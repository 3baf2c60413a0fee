//! The budget of a hedge is a `RetryBudget`.

use resilient_runtime::{Rejected, hedge};

static LIMIT: u32 = 3;

#[hedge(after = "50ms", budget = LIMIT)]
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
