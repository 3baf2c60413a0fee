//! A policy waits and gives up: a plain function can do neither.

use resilient_runtime::{Rejected, timeout};

#[timeout("5s")]
// <- fault below
fn price() -> Result<u32, Rejected> {
    Ok(3)
}

fn main() {}
