//! A bound is of an adaptive limit; the fixed one has another word.

use resilient_runtime::{Rejected, bulkhead};

#[bulkhead(name = "db", max = 20)]
//                      ^^^ fault
async fn load() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
