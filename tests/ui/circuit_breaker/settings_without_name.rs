//! Settings alone do not say which breaker they are of.

use resilient_runtime::{Rejected, circuit_breaker};

#[circuit_breaker(window = 50)]
// <- fault
async fn pay() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
