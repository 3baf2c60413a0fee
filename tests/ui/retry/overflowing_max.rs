//! A count fits in 32 bits.

use resilient_runtime::{Rejected, retry};

#[retry(max = 4_294_967_296)]
//            ^^^^^^^^^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
