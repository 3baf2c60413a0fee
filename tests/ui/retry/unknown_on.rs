//! `on(..)` names failures.

use resilient_runtime::{Rejected, retry};

#[retry(on(timeuot))]
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
