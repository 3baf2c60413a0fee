//! The instance of a rate limiter is a rate limiter.

use resilient_runtime::{Bulkhead, Rejected, rate_limit};

static DB: Bulkhead = Bulkhead::new("db", 20);

#[rate_limit(DB)]
//           ^^ fault
async fn search() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
