//! A misspelt key of the whole stack is told the right one.

use resilient_runtime::{Rejected, timeout};

#[timeout("5s", rejectd = std::convert::identity)]
//              ^^^^^^^ fault
async fn price() -> Result<u32, Rejected> {
    Ok(3)
}

fn main() {}
