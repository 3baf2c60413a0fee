//! `when` is given the error alone.

use resilient_runtime::{Rejected, retry};

#[retry(when = |error, attempt| attempt < 2)]
//             ^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
