//! Half-typed: between the key and its value stands no `=`.

use resilient_runtime::{Rejected, retry};

#[retry(max 3)]
//          ^ fault
async fn price() -> Result<u32, Rejected> {
    Ok(3)
}

fn main() {
    drop(price());
}
