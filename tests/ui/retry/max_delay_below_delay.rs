//! The cap is not below the first delay.

use resilient_runtime::{Rejected, retry};

#[retry(delay = "1s", max_delay = "100ms")]
//                                ^^^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
