//! Half-typed: there is a `=`, and nothing behind it. Callers still find the function.

use resilient_runtime::{Rejected, retry};

#[retry(max = )]
//      ^^^ fault
async fn price() -> Result<u32, Rejected> {
    Ok(3)
}

fn main() {
    drop(price());
}
