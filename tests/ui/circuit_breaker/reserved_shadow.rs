//! A breaker that only counts is a word of a later version.

use resilient_runtime::{Rejected, circuit_breaker};

#[circuit_breaker(name = "payments", shadow)]
//                                   ^^^^^^ fault
async fn pay() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
