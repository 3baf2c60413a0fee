//! Attributes of other kinds around and between ours, and ours behind `cfg_attr`.

#![deny(warnings)]

use resilient_runtime::{Rejected, circuit_breaker, retry, timeout};

/// Documented, and looked at.
#[timeout("5s")]
#[allow(dead_code)]
/// In between.
#[cfg_attr(all(), retry(max = 2))]
#[must_use]
#[resilient_runtime::circuit_breaker(name = "prices")]
pub(crate) async fn price() -> Result<u32, Rejected> {
    #![allow(unused_variables)]
    let unused = 3;
    Ok(3)
}

#[circuit_breaker(name = "prices")]
#[cfg_attr(any(), retry(max = 0))]
async fn stock() -> Result<u32, Rejected> {
    Ok(3)
}

fn main() {
    drop((price(), stock()));
}
