//! A constant `max` is 100 or less.

use resilient_runtime::{Rejected, retry};

const MAX: u32 = 101;

#[retry(max = MAX)]
//            ^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
