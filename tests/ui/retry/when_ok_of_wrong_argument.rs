//! `when_ok` is given the value.

use resilient_runtime::{Rejected, retry};

fn is_busy(status: &u16) -> bool {
    *status == 503
}

#[retry(when_ok = is_busy)]
//                ^^^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
