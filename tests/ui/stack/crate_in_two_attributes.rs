//! `crate` holds for the whole stack, and is written once.

use resilient_runtime::{Rejected, retry, timeout};

#[retry(crate = resilient_runtime)]
#[timeout("1s", crate = resilient_runtime)]
//                      ^^^^^^^^^^^^^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
