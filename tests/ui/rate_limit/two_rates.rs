//! A limiter has one rate.

use resilient_runtime::{Rejected, rate_limit};

#[rate_limit("10/s", "600/m")]
//                   ^^^^^^^ fault
async fn search() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
