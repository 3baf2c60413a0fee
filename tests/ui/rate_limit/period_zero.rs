//! Calls pass in some time.

use resilient_runtime::{Rejected, rate_limit};

#[rate_limit("5/0ms")]
//           ^^^^^^^ fault
async fn search() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
