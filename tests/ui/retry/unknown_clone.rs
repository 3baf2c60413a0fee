//! `clone(..)` names arguments of the function.

use resilient_runtime::{Rejected, retry};

#[retry(clone(oder))]
//            ^^^^ fault
async fn call(order: String, token: u64) -> Result<(), Rejected> {
    drop((order, token));
    Ok(())
}

fn main() {}
