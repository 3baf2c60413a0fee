//! The smallest and the largest legal values of a bulkhead.

use std::time::Duration;

use resilient_runtime::{Bulkhead, Rejected, bulkhead};

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

#[bulkhead(adaptive)]
async fn adaptive() -> Result<(), Rejected> {
    Ok(())
}

#[bulkhead(name = "one", adaptive, min = 1, max = 1, initial = 1)]
async fn just_one() -> Result<(), Rejected> {
    Ok(())
}

#[bulkhead(
    name = "many",
    adaptive,
    min = 4_294_967_295,
    max = PLACES,
    max_wait = "1s",
    max_queue = 3,
    shadow
)]
async fn no_less() -> Result<(), Rejected> {
    Ok(())
}

static ADAPTIVE: Bulkhead = Bulkhead::adaptive("by-hand")
    .max(10)
    .min(10)
    .initial(10)
    .max_wait(Duration::from_secs(1));

#[bulkhead(ADAPTIVE)]
async fn by_hand() -> Result<(), Rejected> {
    Ok(())
}

fn main() {
    drop((smallest(), largest(), constant(), referred()));
    drop((adaptive(), just_one(), no_less(), by_hand()));
}
