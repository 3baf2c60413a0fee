//! A function has no quotes.

use resilient_runtime::{Rejected, timeout};

#[timeout("5s", rejected = "lost")]
//                         ^^^^^^ fault
async fn price() -> Result<u32, Rejected> {
    Ok(3)
}

fn main() {}
