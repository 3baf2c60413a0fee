//! A `static` has its settings already.

use resilient_runtime::{CircuitBreaker, Rejected, circuit_breaker};

static HOSTS: CircuitBreaker = CircuitBreaker::new("hosts");

#[circuit_breaker(HOSTS, key = host, max_keys = 10)]
//                                   ^^^^^^^^ fault
async fn pay(host: &str) -> Result<(), Rejected> {
    drop(host.len());
    Ok(())
}

fn main() {}
