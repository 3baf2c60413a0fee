//! One attribute is one breaker.

use resilient_runtime::{CircuitBreaker, Rejected, circuit_breaker};

static PAYMENTS: CircuitBreaker = CircuitBreaker::new("payments");
static ORDERS: CircuitBreaker = CircuitBreaker::new("orders");

#[circuit_breaker(PAYMENTS, ORDERS)]
//                          ^^^^^^ fault
async fn pay() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
