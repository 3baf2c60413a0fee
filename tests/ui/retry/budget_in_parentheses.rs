//! A budget is written after `=`.

use resilient_runtime::{Rejected, retry};

#[retry(budget("payments"))]
//      ^^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
