//! A limit that follows the latency is a word of a later version.

use resilient_runtime::{Rejected, bulkhead};

#[bulkhead(name = "db", adaptive)]
//                      ^^^^^^^^ fault
async fn load() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
