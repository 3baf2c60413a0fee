//! A timeout fits in a `Duration`.

use resilient_runtime::{Rejected, timeout};

#[timeout("99999999999999999999s")]
//        ^^^^^^^^^^^^^^^^^^^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
