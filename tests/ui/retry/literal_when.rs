//! `when` is a function.

use resilient_runtime::{Rejected, retry};

#[retry(when = "always")]
//             ^^^^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
