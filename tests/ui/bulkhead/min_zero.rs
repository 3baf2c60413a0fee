//! With no place at all nobody would find out when it works again.

use resilient_runtime::{Rejected, bulkhead};

#[bulkhead(name = "db", adaptive, min = 0)]
//                                      ^ fault
async fn load() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
