//! `on(..)` names each failure once.

use resilient_runtime::{Rejected, retry};

#[retry(on(error, timeout, error))]
//                         ^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
