//! A timeout is one duration.

use resilient_runtime::{Rejected, timeout};

#[timeout("5s", "1s")]
//              ^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
