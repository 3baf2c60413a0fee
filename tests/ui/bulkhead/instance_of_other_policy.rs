//! The instance of a bulkhead is a bulkhead.

use resilient_runtime::{CircuitBreaker, Rejected, bulkhead};

static PAYMENTS: CircuitBreaker = CircuitBreaker::new("payments");

#[bulkhead(PAYMENTS)]
//         ^^^^^^^^ fault
async fn load() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
