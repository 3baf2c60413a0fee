//! `rejected` is no flag.

use resilient_runtime::{Rejected, timeout};

#[timeout("1s", rejected)]
//              ^^^^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
