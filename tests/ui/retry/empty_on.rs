//! `on(..)` names something.

use resilient_runtime::{Rejected, retry};

#[retry(on())]
//      ^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
