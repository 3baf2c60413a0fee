//! A minute is `m`.

use resilient_runtime::{Rejected, rate_limit};

#[rate_limit("100/min")]
//           ^^^^^^^^^ fault
async fn search() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
