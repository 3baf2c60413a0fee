//! The budget of a hedge is a `RetryBudget`.

use resilient_runtime::{Rejected, Timeout, hedge};

static LIMIT: Timeout = Timeout::new(std::time::Duration::from_secs(1));

#[hedge(after = "50ms", budget = LIMIT)]
//                               ^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
