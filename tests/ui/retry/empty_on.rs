//! `on(..)` names something.

use resilient_runtime::{Rejected, retry};

#[retry(on())]
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
