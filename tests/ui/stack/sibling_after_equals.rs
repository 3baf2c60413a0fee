//! An attribute beneath takes its arguments in parentheses.

use resilient_runtime::{Rejected, retry, timeout};

#[retry]
#[timeout = "5s"]
//^^^^^^^^^^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
