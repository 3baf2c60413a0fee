//! A consumed argument is gone in the next attempt: rustc says so, at the user's tokens.

use resilient_runtime::{Rejected, retry};

#[retry]
async fn pay(order: String) -> Result<Vec<u8>, Rejected> {
    //                                                   ^ fault
    Ok(order.into_bytes())
}

fn main() {}
