//! A name is a literal: a constant is not known to the macro.

use resilient_runtime::{Rejected, circuit_breaker};

const NAME: &str = "payments";

#[circuit_breaker(name = NAME)]
//                       ^^^^ fault
async fn pay() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
