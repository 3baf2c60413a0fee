//! Half-typed: the parentheses are empty. Callers still find the function.

use resilient_runtime::{Rejected, timeout};

#[timeout()]
// <- fault
async fn price() -> Result<u32, Rejected> {
    Ok(3)
}

fn main() {
    drop(price());
}
