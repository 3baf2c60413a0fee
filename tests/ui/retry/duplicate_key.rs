//! A key is written once.

use resilient_runtime::{Rejected, retry};

#[retry(max = 3, max = 4)]
//               ^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
