//! The number of copies is decided before the call.

use resilient_runtime::{Rejected, hedge};

#[hedge(after = "50ms", max = copies)]
//                            ^^^^^^ fault
async fn call(copies: u32) -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
