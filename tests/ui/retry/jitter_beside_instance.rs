//! The jitter of an instance stands where it is declared.

use resilient_runtime::{Rejected, Retry, retry};

static RETRY: Retry = Retry::new(3);

#[retry(RETRY, jitter)]
//             ^^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
