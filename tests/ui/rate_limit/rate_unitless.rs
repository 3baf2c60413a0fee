//! A number alone could be a second's as well as a minute's.

use resilient_runtime::{Rejected, rate_limit};

#[rate_limit(100)]
//           ^^^ fault
async fn search() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
