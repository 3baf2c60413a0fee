//! `delay` is no flag.

use resilient_runtime::{Rejected, retry};

#[retry(delay)]
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
