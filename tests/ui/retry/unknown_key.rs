//! A key is one that `retry` knows.

use resilient_runtime::{Rejected, retry};

#[retry(max_dealy = "1s")]
//      ^^^^^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
