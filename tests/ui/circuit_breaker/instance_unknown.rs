//! An instance has to be in scope.

use resilient_runtime::{Rejected, circuit_breaker};

#[circuit_breaker(PAYMENTS)]
//                ^^^^^^^^ fault
async fn pay() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
