//! `when` says yes or no.

use resilient_runtime::{Rejected, retry};

#[retry(when = |_| "yes")]
//                 ^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
