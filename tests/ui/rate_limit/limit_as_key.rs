//! Nor has it one by another word.

use resilient_runtime::{Rejected, rate_limit};

#[rate_limit(limit = 100, per = "1s")]
//           ^^^^^ fault
async fn search() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
