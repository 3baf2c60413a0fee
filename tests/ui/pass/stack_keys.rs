//! `rejected`, `classify` and `crate` stand in any attribute of a stack.

use resilient_runtime::{Class, Rejected, bulkhead, circuit_breaker, fallback, retry, timeout};

mod reexport {
    pub use resilient_runtime as resilience;
}

struct PriceError;

fn lost(_: Rejected) -> PriceError {
    PriceError
}

fn class(_: &PriceError) -> Class {
    Class::Permanent
}

#[timeout("5s", crate = reexport::resilience)]
#[retry(classify = class)]
#[circuit_breaker(name = "prices", rejected = lost)]
async fn price() -> Result<u32, PriceError> {
    Err(PriceError)
}

#[fallback(|error| Err(error), rejected = lost)]
#[bulkhead(max_concurrent = 3)]
async fn stock() -> Result<u32, PriceError> {
    Err(PriceError)
}

fn main() {
    drop((price(), stock()));
}
