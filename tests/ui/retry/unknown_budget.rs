//! A `static` that is not there.

use resilient_runtime::{Rejected, retry};

#[retry(budget = PAYMENTS)]
//               ^^^^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
