//! Two arguments stand with a comma between them.

use resilient_runtime::{Rejected, retry};

#[retry(max = 3 delay = "1s")]
//              ^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
