//! All faults of one attribute are reported in one pass, each on its own tokens.

use resilient_runtime::{Rejected, bulkhead};

#[bulkhead(name = "", max_concurent = 20, max_wait = 5, max_queue = 0, key = 3)]
//                ^^ fault
async fn load() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
