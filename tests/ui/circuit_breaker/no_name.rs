//! A breaker is shared by name: the bare attribute has none.

use resilient_runtime::{Rejected, circuit_breaker};

#[circuit_breaker]
// <- fault
async fn pay() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
