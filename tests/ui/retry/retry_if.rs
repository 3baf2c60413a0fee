//! A predicate over the error is `when`.

use resilient_runtime::{Rejected, retry};

#[retry(retry_if = Rejected::is_timed_out)]
//      ^^^^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
