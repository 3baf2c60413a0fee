//! Under an unconditional fallback nothing is rejected: the error need not be `From<Rejected>`.

use resilient_runtime::{bulkhead, circuit_breaker, fallback, retry, timeout};

struct PriceError;

#[fallback(value = 0)]
#[timeout("5s")]
async fn by_value(sku: u32) -> Result<u32, PriceError> {
    Ok(sku)
}

#[fallback(cached)]
#[timeout("5s")]
#[retry]
#[circuit_breaker(name = "prices")]
#[bulkhead(max_concurrent = 3)]
async fn by_function(sku: u32) -> Result<u32, PriceError> {
    Ok(sku)
}

async fn cached(sku: u32) -> Result<u32, PriceError> {
    Ok(sku)
}

// What stands above it rejects nothing.
#[retry]
#[fallback(cached)]
#[timeout("5s")]
async fn beneath_retry(sku: u32) -> Result<u32, PriceError> {
    Ok(sku)
}

#[fallback(value = 0)]
#[fallback(value = 1, on(timeout))]
#[timeout("5s")]
async fn chain(sku: u32) -> Result<u32, PriceError> {
    Ok(sku)
}

fn main() {
    drop((by_value(1), by_function(1), beneath_retry(1), chain(1)));
}
