//! How long a call waits has another word here.

use resilient_runtime::{Rejected, rate_limit};

#[rate_limit("10/s", timeout = "50ms")]
//                   ^^^^^^^ fault
async fn search() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
