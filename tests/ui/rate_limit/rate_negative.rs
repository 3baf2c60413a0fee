//! Calls are counted from 1 up.

use resilient_runtime::{Rejected, rate_limit};

#[rate_limit("-5/s")]
//           ^^^^^^ fault
async fn search() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
