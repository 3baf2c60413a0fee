//! A `static` has its name already.

use resilient_runtime::{CircuitBreaker, Rejected, circuit_breaker};

static PAYMENTS: CircuitBreaker = CircuitBreaker::new("payments");

#[circuit_breaker(PAYMENTS, name = "payments")]
//                          ^^^^ fault
async fn pay() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
