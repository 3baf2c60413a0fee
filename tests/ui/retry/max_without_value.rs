//! `max` is no flag.

use resilient_runtime::{Rejected, retry};

#[retry(max)]
//      ^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
