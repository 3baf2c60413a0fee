//! `rejected` is a path.

use resilient_runtime::{Rejected, timeout};

#[timeout("5s", rejected = |_| 3)]
//                         ^^^^^ fault
async fn price() -> Result<u32, Rejected> {
    Ok(3)
}

fn main() {}
