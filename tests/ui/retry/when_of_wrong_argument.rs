//! `when` is given the error.

use resilient_runtime::{Rejected, retry};

fn is_lost(error: &str) -> bool {
    error == "lost"
}

#[retry(when = is_lost)]
//             ^^^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
