//! A constant is held to the same.

use resilient_runtime::{Rejected, hedge};

const COPIES: u32 = 11;

#[hedge(after = "50ms", max = COPIES)]
//                            ^^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
