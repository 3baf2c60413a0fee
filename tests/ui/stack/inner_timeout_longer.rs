//! An inner timeout is shorter, whatever stands between.

use resilient_runtime::{Rejected, retry, timeout};

#[timeout("1s")]
#[retry(max = 1)]
#[timeout("2s")]
//        ^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
