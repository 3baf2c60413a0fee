//! `clone(..)` names arguments of the function, if it has any.

use resilient_runtime::{Rejected, retry};

#[retry(clone(order))]
//            ^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
