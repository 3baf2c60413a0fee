//! Without a delay every call would be made twice.

use resilient_runtime::{Rejected, hedge};

#[hedge(after = "0s")]
//              ^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
