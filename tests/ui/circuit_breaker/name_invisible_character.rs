//! A name that looks like another one holds a character that nobody sees.

use resilient_runtime::{Rejected, circuit_breaker};

#[circuit_breaker(name = "pay\u{200b}ments")]
//                       ^^^^^^^^^^^^^^^^^^ fault
async fn pay() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
