//! The arguments of an attribute stand in parentheses.

use resilient_runtime::{Rejected, retry, timeout};

#[retry]
#[timeout = "5s"]
//^^^^^^^^^^^^^^ fault
async fn price() -> Result<u32, Rejected> {
    Ok(3)
}

fn main() {
    drop(price());
}
