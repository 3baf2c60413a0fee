//! A `static` has its name already.

use resilient_runtime::{Bulkhead, Rejected, bulkhead};

static DB: Bulkhead = Bulkhead::new("db", 20);

#[bulkhead(DB, name = "db")]
//             ^^^^ fault
async fn load() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
