//! A `static` that is no budget.

use resilient_runtime::{CircuitBreaker, Rejected, retry};

static PAYMENTS: CircuitBreaker = CircuitBreaker::new("payments");

#[retry(budget = PAYMENTS)]
//               ^^^^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
