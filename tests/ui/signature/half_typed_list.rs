//! Half-typed: there are two commas. Callers still find the function.

use resilient_runtime::{Rejected, retry};

#[retry(max = 3,, delay = "1s")]
//              ^ fault
async fn price() -> Result<u32, Rejected> {
    Ok(3)
}

fn main() {
    drop(price());
}
