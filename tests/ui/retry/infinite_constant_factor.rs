//! A constant factor is finite.

use resilient_runtime::{Rejected, retry};

#[retry(factor = f64::INFINITY)]
//               ^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
