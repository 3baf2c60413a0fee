//! `clone` takes its arguments in parentheses.

use resilient_runtime::{Rejected, retry};

#[retry(clone = order)]
//      ^^^^^ fault
async fn call(order: String, token: u64) -> Result<(), Rejected> {
    drop((order, token));
    Ok(())
}

fn main() {}
