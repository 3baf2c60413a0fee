//! The cap on delays fits in a `Duration`.

use resilient_runtime::{Rejected, retry};

#[retry(max_delay = "99999999999999999999s")]
//                  ^^^^^^^^^^^^^^^^^^^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
