//! Quotes are no unit.

use resilient_runtime::{Rejected, timeout};

#[timeout("5")]
//        ^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
