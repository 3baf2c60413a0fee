//! The bounds of an adaptive limit are words of a later version.

use resilient_runtime::{Rejected, bulkhead};

#[bulkhead(name = "db", max = 20)]
//                      ^^^ fault
async fn load() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
