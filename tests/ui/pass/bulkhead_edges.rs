//! The smallest and the largest legal values of a bulkhead.

use resilient_runtime::{Rejected, bulkhead};

const PLACES: usize = usize::MAX;

#[bulkhead(max_concurrent = 1, max_wait = "1ns", max_queue = 1)]
async fn smallest() -> Result<(), Rejected> {
    Ok(())
}

#[bulkhead(
    max_concurrent = 4_294_967_295,
    max_wait = "1000years",
    max_queue = 4_294_967_295
)]
async fn largest() -> Result<(), Rejected> {
    Ok(())
}

#[bulkhead(max_concurrent = PLACES)]
async fn constant() -> Result<(), Rejected> {
    Ok(())
}

#[bulkhead(name = "db")]
async fn referred() -> Result<(), Rejected> {
    Ok(())
}

fn main() {
    drop((smallest(), largest(), constant(), referred()));
}
