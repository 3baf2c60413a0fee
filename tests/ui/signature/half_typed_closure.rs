//! Half-typed: there is a closure without a body. Callers still find the function.

use resilient_runtime::{Rejected, fallback};

#[fallback(|_|)]
//           ^ fault
async fn price() -> Result<u32, Rejected> {
    Ok(3)
}

fn main() {
    drop(price());
}
