//! A shared breaker cannot depend on the generics of one function.

use resilient_runtime::{Rejected, circuit_breaker};

#[circuit_breaker(name = "payments", window = const { N })]
//                                            ^^^^^^^^^^^ fault
async fn pay<const N: u32>() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
