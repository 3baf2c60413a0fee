//! The instance of a breaker is a breaker.

use resilient_runtime::{Bulkhead, Rejected, circuit_breaker};

static DB: Bulkhead = Bulkhead::new("db", 20);

#[circuit_breaker(DB)]
//                ^^ fault
async fn pay() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
