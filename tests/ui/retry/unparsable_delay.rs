//! The first delay is a duration.

use resilient_runtime::{Rejected, retry};

#[retry(delay = "soon")]
//              ^^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
