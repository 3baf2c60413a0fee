//! A constant is held to the other bound as well.

use resilient_runtime::{Rejected, bulkhead};

const MOST: usize = 20;

#[bulkhead(name = "db", adaptive, min = 30, max = MOST)]
//                                                ^^^^ fault
async fn load() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
