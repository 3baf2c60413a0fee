//! What others call the delay is `after`.

use resilient_runtime::{Rejected, hedge};

#[hedge(delay = "50ms")]
//      ^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
