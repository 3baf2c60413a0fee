//! A limit on time is `max_duration`, or an attribute of its own.

use resilient_runtime::{Rejected, retry};

#[retry(timeout = "1s")]
//      ^^^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
