//! What can not fail is not retried.

use resilient_runtime::{Rejected, fallback, retry};

#[retry]
#[fallback(value = ())]
//                 ^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
