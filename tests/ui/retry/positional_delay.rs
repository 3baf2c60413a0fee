//! A positional argument is an instance: a duration has a key.

use resilient_runtime::{Rejected, retry};

#[retry("100ms")]
//      ^^^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
