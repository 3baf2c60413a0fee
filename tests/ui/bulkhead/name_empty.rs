//! A name has at least one character.

use resilient_runtime::{Rejected, bulkhead};

#[bulkhead(name = "", max_concurrent = 20)]
//                ^^ fault
async fn load() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
