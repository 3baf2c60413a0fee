//! Half-typed: there is a part of a key. Callers still find the function.

use resilient_runtime::{Rejected, circuit_breaker};

#[circuit_breaker(name = "prices", fail)]
//                                 ^^^^ fault
async fn price() -> Result<u32, Rejected> {
    Ok(3)
}

fn main() {
    drop(price());
}
