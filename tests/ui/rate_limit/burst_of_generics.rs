//! All calls share one instance.

use resilient_runtime::{Rejected, rate_limit};

#[rate_limit("10/s", burst = const { N })]
//                           ^^^^^ fault
async fn search<const N: u32>() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
