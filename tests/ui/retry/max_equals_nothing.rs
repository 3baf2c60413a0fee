//! An equals sign has a value behind it.

use resilient_runtime::{Rejected, retry};

#[retry(max =)]
//      ^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
