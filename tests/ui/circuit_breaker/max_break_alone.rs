//! Breaks that do not grow need no bound.

use resilient_runtime::{Rejected, circuit_breaker};

#[circuit_breaker(name = "payments", max_break_duration = "5m")]
//                                   ^^^^^^^^^^^^^^^^^^ fault
async fn pay() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
