//! The limit on all attempts fits in a `Duration`.

use resilient_runtime::{Rejected, retry};

#[retry(max_duration = "99999999999999999999s")]
//                     ^^^^^^^^^^^^^^^^^^^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
