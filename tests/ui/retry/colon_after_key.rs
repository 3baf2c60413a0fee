//! A value stands after an equals sign.

use resilient_runtime::{Rejected, retry};

#[retry(max: 3)]
//         ^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
