//! `rejected` is given the rejection.

use resilient_runtime::timeout;

struct PriceError;

fn lost(_: &str) -> PriceError {
    PriceError
}

#[timeout("5s", rejected = lost)]
//                         ^^^^ fault
async fn price() -> Result<u32, PriceError> {
    Err(PriceError)
}

fn main() {}
