//! The arguments of an attribute stand in parentheses, of the topmost as well.

use resilient_runtime::{Rejected, timeout};

#[timeout = "5s"]
// <- fault
async fn price() -> Result<u32, Rejected> {
    Ok(3)
}

fn main() {
    drop(price());
}
