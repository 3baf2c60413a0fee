//! A lower-case word is a key, not a name or a `static`.

use resilient_runtime::{Rejected, bulkhead};

#[bulkhead(db)]
//         ^^ fault
async fn load() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
