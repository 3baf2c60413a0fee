//! The first delay is `delay`.

use resilient_runtime::{Rejected, retry};

#[retry(base_delay = "1s")]
//      ^^^^^^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
