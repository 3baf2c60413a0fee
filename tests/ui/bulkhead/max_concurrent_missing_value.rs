//! Half-typed: there is a `=`, and nothing behind it.

use resilient_runtime::{Rejected, bulkhead};

#[bulkhead(name = "db", max_concurrent =)]
//                      ^^^^^^^^^^^^^^ fault
async fn load() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
