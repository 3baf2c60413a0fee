//! A budget has a name.

use resilient_runtime::{Rejected, retry};

#[retry(budget)]
//      ^^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
