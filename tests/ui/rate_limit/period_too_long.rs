//! A period ends before the process does.

use resilient_runtime::{Rejected, rate_limit};

#[rate_limit("5/1000years")]
//           ^^^^^^^^^^^^^ fault
async fn search() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
