//! The delay has a key.

use resilient_runtime::{Rejected, hedge};

#[hedge("50ms")]
//      ^^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
