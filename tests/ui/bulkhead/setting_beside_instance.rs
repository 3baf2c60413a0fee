//! A `static` has its settings already.

use resilient_runtime::{Bulkhead, Rejected, bulkhead};

static DB: Bulkhead = Bulkhead::new("db", 20);

#[bulkhead(DB, max_concurrent = 20)]
//             ^^^^^^^^^^^^^^ fault
async fn load() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
