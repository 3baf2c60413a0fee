//! A call that is in flight is waited for, not repeated.

use resilient_runtime::{Rejected, retry};

#[retry(on(in_flight))]
//         ^^^^^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
