//! A renamed attribute stands on top, or keeps its name.

use resilient_runtime::{Rejected, retry, timeout as limit};

#[retry]
#[limit("1s")]
// <- fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
