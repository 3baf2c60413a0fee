//! The cap on delays is a duration.

use resilient_runtime::{Rejected, retry};

#[retry(max_delay = "soon")]
//                  ^^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
