//! `when` is given the error by reference.

use resilient_runtime::{Rejected, retry};

fn is_lost(_: Rejected) -> bool {
    true
}

#[retry(when = is_lost)]
//             ^^^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
