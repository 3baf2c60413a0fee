//! A word says all by itself.

use resilient_runtime::{Rejected, bulkhead};

#[bulkhead(name = "db", adaptive = true)]
//                      ^^^^^^^^^^^^^^^ fault
async fn load() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
