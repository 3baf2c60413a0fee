//! `idempotent` is kept for a later release, alone and in a stack.

use resilient_runtime::{Rejected, idempotent, retry};

#[idempotent(key = order, ttl = "24h")]
// <- fault
#[retry]
async fn pay(order: u64) -> Result<u64, Rejected> {
    Ok(order)
}

fn main() {
    let _ = pay(1);
}
