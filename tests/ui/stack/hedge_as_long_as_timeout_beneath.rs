//! A call takes so long before the timeout beneath ends it.

use resilient_runtime::{Rejected, hedge, timeout};

#[hedge(after = "50ms")]
//              ^^^^^^ fault
#[timeout("50ms")]
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
