//! A call is counted once by a circuit breaker.

use resilient_runtime::{Rejected, circuit_breaker, retry};

#[circuit_breaker(name = "db")]
#[retry]
#[circuit_breaker(name = "db")]
//                       ^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
