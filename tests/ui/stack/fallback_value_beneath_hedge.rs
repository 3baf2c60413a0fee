//! What hides every failure leaves nothing to copy at once.

use resilient_runtime::{Rejected, fallback, hedge};

#[hedge(after = "50ms")]
#[fallback(value = ())]
//                 ^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
