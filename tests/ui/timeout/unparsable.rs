//! A timeout is a duration.

use resilient_runtime::{Rejected, timeout};

#[timeout("soon")]
//        ^^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
