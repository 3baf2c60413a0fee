//! `rejected` is a function, without quotes.

use resilient_runtime::{Rejected, timeout};

#[timeout("1s", rejected = "same")]
//                         ^^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
