//! Half-typed: a parenthesis is not closed. That is for rustc to say.

use resilient_runtime::{Rejected, timeout};

#[timeout(]
//       ^ fault
async fn price() -> Result<u32, Rejected> {
    Ok(3)
}

fn main() {
    drop(price());
}
