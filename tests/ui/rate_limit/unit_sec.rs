//! A second is `s`.

use resilient_runtime::{Rejected, rate_limit};

#[rate_limit("100/sec")]
//           ^^^^^^^^^ fault
async fn search() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
