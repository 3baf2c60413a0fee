//! A clock has nanoseconds, and no less.

use resilient_runtime::{Rejected, rate_limit};

#[rate_limit("2000/1us")]
//           ^^^^^^^^^^ fault
async fn search() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
