//! A count has no quotes.

use resilient_runtime::{Rejected, hedge};

#[hedge(after = "50ms", max = "2")]
//                            ^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
