//! A limiter has a rate, or refers to one that has.

use resilient_runtime::{Rejected, rate_limit};

#[rate_limit]
// <- fault
async fn search() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
