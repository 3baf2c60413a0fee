//! A call is counted once by a circuit breaker of a `static`.

use resilient_runtime::{CircuitBreaker, Rejected, circuit_breaker};

static DB: CircuitBreaker = CircuitBreaker::new("db");

#[circuit_breaker(DB)]
#[circuit_breaker(DB)]
//                ^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
