//! The compile error that the README shows.

use resilient_runtime::{Rejected, circuit_breaker, retry, timeout};

#[timeout("250ms")]
#[retry(max_attempts = 4, delay = "100")]
#[circuit_breaker(name = "pricing", failure_rate = 50)]
async fn quote(sku: &str) -> Result<usize, Rejected> {
    Ok(sku.len())
}

#[timeout("250ms")]
#[retry(max = 3, delay = "100ms")]
async fn stock(sku: &str) -> Result<usize, Rejected> {
    Ok(sku.len())
}

fn main() {}
