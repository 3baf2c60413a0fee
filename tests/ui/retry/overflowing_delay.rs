//! The first delay fits in a `Duration`.

use resilient_runtime::{Rejected, retry};

#[retry(delay = "99999999999999999999s")]
//              ^^^^^^^^^^^^^^^^^^^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
