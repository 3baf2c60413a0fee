//! A constant is told the same as a literal.

use resilient_runtime::{Rejected, rate_limit};

const NONE: u32 = 0;

#[rate_limit("10/s", burst = NONE)]
//                           ^^^^ fault
async fn search() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
