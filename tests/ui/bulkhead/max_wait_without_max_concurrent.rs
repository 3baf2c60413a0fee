//! A bulkhead with settings is a declaration, and needs its size.

use resilient_runtime::{Rejected, bulkhead};

#[bulkhead(name = "db", max_wait = "100ms")]
//                                 ^^^^^^^ fault
async fn load() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
