//! A ratio is over 0: there is no minus.

use resilient_runtime::{Rejected, retry};

#[retry(jitter = -0.25)]
//               ^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
