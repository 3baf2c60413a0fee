//! A constant `max` is a `u32`.

use resilient_runtime::{Rejected, retry};

const MAX: &str = "3";

#[retry(max = MAX)]
//            ^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
