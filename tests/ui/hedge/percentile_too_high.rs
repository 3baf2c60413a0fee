//! Nothing is measured so finely.

use resilient_runtime::{Rejected, hedge};

#[hedge(after = "p99.99", initial = "50ms")]
//              ^^^^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
