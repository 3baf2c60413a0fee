//! With `"decorrelated"` there is no `factor`.

use resilient_runtime::{Rejected, retry};

#[retry(backoff = "decorrelated", factor = 2.0)]
//                                ^^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
