//! The first delay says how long it is.

use resilient_runtime::{Rejected, retry};

#[retry(delay = "")]
//              ^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
