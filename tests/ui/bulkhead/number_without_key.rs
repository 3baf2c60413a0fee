//! A number is written with its key.

use resilient_runtime::{Rejected, bulkhead};

#[bulkhead(20)]
//         ^^ fault
async fn load() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
