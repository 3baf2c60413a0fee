//! A timeout that the delays fill to the last leaves no time.

use resilient_runtime::{Rejected, retry, timeout};

#[timeout("300ms")]
//        ^^^^^^^ fault
#[retry(max = 2, delay = "100ms")]
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
