//! With `"decorrelated"` there is no `jitter`.

use resilient_runtime::{Rejected, retry};

#[retry(backoff = "decorrelated", jitter)]
//                                ^^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
