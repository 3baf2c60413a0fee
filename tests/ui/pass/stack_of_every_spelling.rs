//! Siblings by any path, with other attributes between them; a renamed one stands on top.
#![deny(warnings)]
#![allow(dead_code, reason = "they only have to compile")]

use resilient_runtime::{Rejected, bulkhead, retry, timeout as limit};

mod policies {
    pub use resilient_runtime::{circuit_breaker, timeout};
}

#[limit("2s")]
#[retry]
#[resilient_runtime::timeout("1s")]
async fn renamed_on_top() -> Result<(), Rejected> {
    Ok(())
}

/// A price.
#[resilient_runtime::timeout("2s")]
#[must_use]
#[::resilient_runtime::retry(max = 1)]
/// Now.
#[policies::circuit_breaker(name = "prices")]
#[cfg_attr(all(), bulkhead(max_concurrent = 3))]
#[cfg_attr(any(), limit("9s"))]
#[self::policies::timeout("1s")]
#[inline]
async fn by_path() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
