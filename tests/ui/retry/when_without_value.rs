//! `when` is no flag.

use resilient_runtime::{Rejected, retry};

#[retry(when)]
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
