//! A `static` has its settings already.

use resilient_runtime::{CircuitBreaker, Rejected, circuit_breaker};

static PAYMENTS: CircuitBreaker = CircuitBreaker::new("payments");

#[circuit_breaker(PAYMENTS, window = 50)]
//                          ^^^^^^ fault
async fn pay() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
