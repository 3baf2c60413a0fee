//! An unknown name in the body is reported there, and nowhere else.

use resilient_runtime::{Rejected, fallback, retry};

#[fallback(value = 0)]
#[retry]
async fn price() -> Result<u32, Rejected> {
    fetch().await
    // <- fault
}

fn main() {}
