//! Settings belong to a declaration, and a declaration has a rate.

use resilient_runtime::{Rejected, rate_limit};

#[rate_limit(name = "api", burst = 5)]
//                         ^^^^^ fault
async fn search() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
