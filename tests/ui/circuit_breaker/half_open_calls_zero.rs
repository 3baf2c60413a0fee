//! Without a probe a breaker would never close.

use resilient_runtime::{Rejected, circuit_breaker};

#[circuit_breaker(name = "payments", half_open_calls = 0)]
//                                                     ^ fault
async fn pay() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
