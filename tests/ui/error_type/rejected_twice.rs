//! One conversion holds for the whole stack.

use resilient_runtime::{Rejected, retry, timeout};

#[retry(rejected = std::convert::identity)]
#[timeout("5s", rejected = std::convert::identity)]
//                         ^^^^^^^^^^^^^^^^^^^^^^ fault
async fn price() -> Result<u32, Rejected> {
    Ok(3)
}

fn main() {}
