//! The limit begins between its bounds.

use resilient_runtime::{Rejected, bulkhead};

#[bulkhead(name = "db", adaptive, min = 3, max = 20, initial = 21)]
//                                                             ^^ fault
async fn load() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
