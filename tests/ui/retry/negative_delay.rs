//! There is no time before now.

use resilient_runtime::{Rejected, retry};

#[retry(delay = "-1s")]
//              ^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
