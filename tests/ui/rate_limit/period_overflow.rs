//! A period is a duration.

use resilient_runtime::{Rejected, rate_limit};

#[rate_limit("5/99999999999999999999s")]
//           ^^^^^^^^^^^^^^^^^^^^^^^^^ fault
async fn search() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
