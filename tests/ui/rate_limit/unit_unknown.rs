//! A unit is one of three, or a duration.

use resilient_runtime::{Rejected, rate_limit};

#[rate_limit("100/fortnight")]
//           ^^^^^^^^^^^^^^^ fault
async fn search() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
