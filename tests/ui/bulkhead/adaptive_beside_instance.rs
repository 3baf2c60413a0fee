//! A `static` has its limit already.

use resilient_runtime::{Bulkhead, Rejected, bulkhead};

static DB: Bulkhead = Bulkhead::new("db", 20);

#[bulkhead(DB, adaptive)]
//             ^^^^^^^^ fault
async fn load() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
