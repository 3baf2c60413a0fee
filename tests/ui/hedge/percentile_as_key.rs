//! A percentile stands in `after`.

use resilient_runtime::{Rejected, hedge};

#[hedge(percentile = 95)]
//      ^^^^^^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
