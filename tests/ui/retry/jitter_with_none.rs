//! With `"none"` there is no `jitter`.

use resilient_runtime::{Rejected, retry};

#[retry(backoff = "none", jitter)]
//                        ^^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
