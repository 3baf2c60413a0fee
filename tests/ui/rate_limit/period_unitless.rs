//! A period has a unit.

use resilient_runtime::{Rejected, rate_limit};

#[rate_limit("100/60")]
//           ^^^^^^^^ fault
async fn search() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
