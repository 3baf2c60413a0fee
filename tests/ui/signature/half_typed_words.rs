//! Half-typed: there are parentheses, and nothing in them. Callers still find the function.

use resilient_runtime::{Rejected, retry};

#[retry(on())]
//      ^^^^ fault
async fn price() -> Result<u32, Rejected> {
    Ok(3)
}

fn main() {
    drop(price());
}
