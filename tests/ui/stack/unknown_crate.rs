//! `crate` is a path to the runtime.

use resilient_runtime::{Rejected, retry};

#[retry(crate = resilience)]
//              ^^^^^^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
