//! Whole calls are counted.

use resilient_runtime::{Rejected, rate_limit};

#[rate_limit("0.5/s")]
//           ^^^^^^^ fault
async fn search() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
