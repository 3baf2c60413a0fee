//! Beside thiserror, as most errors are written.
#![deny(warnings)]

use resilient_runtime::{Class, Classify, Rejected, circuit_breaker, retry};
use std::time::Duration;

#[derive(Debug, thiserror::Error, Classify)]
enum PriceError {
    #[error("no product {0}")]
    #[answered]
    NotFound(u64),
    #[error("too many requests")]
    #[throttled(retry_after = after)]
    Busy { after: Option<Duration> },
    #[error(transparent)]
    #[transient]
    Io(#[from] std::io::Error),
    #[error(transparent)]
    #[classify(delegate)]
    Rejected(#[from] Rejected),
}

#[retry]
#[circuit_breaker(name = "pricing")]
async fn price(id: u64) -> Result<u32, PriceError> {
    match id {
        0 => Err(PriceError::NotFound(id)),
        1 => Err(PriceError::Busy { after: None }),
        _ => Ok(1),
    }
}

fn main() {
    assert_eq!(PriceError::NotFound(1).class(), Class::Answered);
    drop(price(1));
}
