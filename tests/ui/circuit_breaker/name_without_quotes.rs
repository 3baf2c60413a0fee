//! A lower-case word is a key, not a name or a `static`.

use resilient_runtime::{Rejected, circuit_breaker};

#[circuit_breaker(payments)]
//                ^^^^^^^^ fault
async fn pay() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
