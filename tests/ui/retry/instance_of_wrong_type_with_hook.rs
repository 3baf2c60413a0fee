//! The instance of a `#[retry]` is a `Retry`, with hooks as well.

use resilient_runtime::{CircuitBreaker, Rejected, retry};

static DB: CircuitBreaker = CircuitBreaker::new("db");

#[retry(DB, when = |_| true)]
//      ^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
