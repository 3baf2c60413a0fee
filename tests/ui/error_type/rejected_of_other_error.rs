//! `rejected` makes the function's own error.

use resilient_runtime::{Rejected, timeout};

struct PriceError;

fn lost(_: Rejected) -> std::fmt::Error {
    std::fmt::Error
}

#[timeout("5s", rejected = lost)]
//                         ^^^^ fault
async fn price() -> Result<u32, PriceError> {
    Err(PriceError)
}

fn main() {}
