//! A constant factor is a number.

use resilient_runtime::{Rejected, retry};

#[retry(factor = f64::NAN)]
//               ^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
