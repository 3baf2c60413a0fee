//! `rejected`, `classify` and `crate` stand in any attribute of a stack.

use resilient_runtime::{Class, Rejected, bulkhead, circuit_breaker, fallback, retry, timeout};

mod reexport {
    pub use resilient_runtime as resilience;
}

struct PriceError(&'static str);

fn lost(rejected: Rejected) -> PriceError {
    PriceError(rejected.policy())
}

fn class(_: &PriceError) -> Class {
    Class::Permanent
}

#[timeout("5s", crate = reexport::resilience)]
#[retry(classify = class)]
#[circuit_breaker(name = "prices", rejected = lost)]
async fn price() -> Result<u32, PriceError> {
    Err(PriceError(""))
}

#[fallback(|error| Err(error), rejected = |rejected| PriceError(rejected.policy()))]
#[bulkhead(max_concurrent = 3)]
async fn stock() -> Result<u32, PriceError> {
    Err(PriceError("stock"))
}

fn main() {
    assert!(PriceError("").0.is_empty());
    drop((price(), stock()));
}
