//! All faults of a stack are reported in one go, each on its token.

use resilient_runtime::{Rejected, bulkhead, circuit_breaker, fallback, retry, timeout};

#[timeout("1s")]
#[retry(max_attempts = 3, delay = "2s")]
//      ^^^^^^^^^^^^ fault
#[circuit_breaker(failure_rate = 50)]
#[bulkhead(name = "db", max_concurrent = 0)]
#[bulkhead(name = "db")]
#[timeout(5)]
#[timeout("2s")]
#[fallback(value = ())]
async fn call(mut sku: String) -> Result<(), Rejected> {
    sku.clear();
    Ok(())
}

fn main() {}
