//! A constant is checked as well: no place at all.

use resilient_runtime::{Rejected, bulkhead};

const PLACES: usize = 0;

#[bulkhead(name = "db", max_concurrent = PLACES)]
//                                       ^^^^^^ fault
async fn load() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
