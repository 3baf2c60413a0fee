//! There is one instance.

use resilient_runtime::{Rejected, Retry, retry};

static RETRY: Retry = Retry::new(3);

#[retry(RETRY, RETRY)]
//             ^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
