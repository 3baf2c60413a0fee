//! `max` is 1 or more: there is no minus.

use resilient_runtime::{Rejected, retry};

#[retry(max = -1)]
//            ^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
