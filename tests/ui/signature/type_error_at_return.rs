//! A wrong `return` is reported there, and nowhere else.

use resilient_runtime::{Rejected, circuit_breaker};

#[circuit_breaker(name = "prices")]
async fn price(sku: &str) -> Result<usize, Rejected> {
    if sku.is_empty() {
        return 3;
        //     ^ fault
    }
    Ok(sku.len())
}

fn main() {}
