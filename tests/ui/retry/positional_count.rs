//! A positional argument is an instance: a count has a key.

use resilient_runtime::{Rejected, retry};

#[retry(3)]
//      ^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
