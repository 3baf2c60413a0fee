//! A duration with its unit stands in quotes.

use resilient_runtime::{Rejected, timeout};

#[timeout(5s)]
//        ^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
