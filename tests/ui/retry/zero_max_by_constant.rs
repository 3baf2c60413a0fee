//! A constant `max` is 1 or more.

use resilient_runtime::{Rejected, retry};

const MAX: u32 = 0;

#[retry(max = MAX)]
//            ^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
