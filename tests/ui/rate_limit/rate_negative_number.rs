//! Calls are counted from 1 up, in any spelling.

use resilient_runtime::{Rejected, rate_limit};

#[rate_limit(-5)]
//           ^^ fault
async fn search() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
