//! A count is a whole number.

use resilient_runtime::{Rejected, retry};

#[retry(max = 3.5)]
//            ^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
