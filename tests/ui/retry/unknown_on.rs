//! `on(..)` names failures.

use resilient_runtime::{Rejected, retry};

#[retry(on(timeuot))]
//         ^^^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
