//! The settings of an instance stand where it is declared.

use resilient_runtime::{Rejected, Retry, retry};

static RETRY: Retry = Retry::new(3);

#[retry(RETRY, max = 4)]
//             ^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
