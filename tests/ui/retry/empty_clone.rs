//! `clone(..)` names something.

use resilient_runtime::{Rejected, retry};

#[retry(clone())]
//      ^^^^^ fault
async fn call(order: String, token: u64) -> Result<(), Rejected> {
    drop((order, token));
    Ok(())
}

fn main() {}
