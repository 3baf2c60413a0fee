//! Nothing is between such bounds.

use resilient_runtime::{Rejected, bulkhead};

#[bulkhead(name = "db", adaptive, min = 30, max = 20)]
//                                      ^^ fault
async fn load() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
