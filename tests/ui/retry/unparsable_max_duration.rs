//! The limit on all attempts is a duration.

use resilient_runtime::{Rejected, retry};

#[retry(max_duration = "soon")]
//                     ^^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
