//! A count is a number, without quotes.

use resilient_runtime::{Rejected, retry};

#[retry(max = "3")]
//            ^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
