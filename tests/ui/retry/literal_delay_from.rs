//! `delay_from` is a function.

use resilient_runtime::{Rejected, retry};

#[retry(delay_from = "always")]
//                   ^^^^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
