//! What an instance retries stands where it is declared.

use resilient_runtime::{Rejected, Retry, retry};

static RETRY: Retry = Retry::new(3);

#[retry(RETRY, on(error))]
//             ^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
