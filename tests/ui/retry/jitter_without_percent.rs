//! A ratio is a share: 50 is none.

use resilient_runtime::{Rejected, retry};

#[retry(jitter = 50)]
//               ^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
