//! What is not measured needs no beginning.

use resilient_runtime::{Rejected, hedge};

#[hedge(after = "20ms", initial = "50ms")]
//                      ^^^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
