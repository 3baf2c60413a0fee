//! `when` is no flag.

use resilient_runtime::{Rejected, retry};

#[retry(when)]
//      ^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
