//! A value stands behind `=`.

use resilient_runtime::{Rejected, circuit_breaker};

#[circuit_breaker(name("payments"))]
//                ^^^^^^^^^^^^^^^^ fault
async fn pay() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
