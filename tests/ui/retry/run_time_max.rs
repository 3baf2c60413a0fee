//! `max` is known before the first call.

use resilient_runtime::{Rejected, retry};

#[retry(max = retries)]
//            ^^^^^^^ fault
async fn call(retries: u32) -> Result<(), Rejected> {
    drop(retries);
    Ok(())
}

fn main() {}
