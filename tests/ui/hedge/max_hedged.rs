//! What others count the copies by is `max`.

use resilient_runtime::{Rejected, hedge};

#[hedge(after = "50ms", max_hedged = 2)]
//                      ^^^^^^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
