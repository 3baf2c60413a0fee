//! What one copy consumes is gone for the next: rustc says so, at the user's tokens.

use resilient_runtime::{Rejected, hedge};

#[hedge(after = "50ms")]
async fn call(order: String) -> Result<Vec<u8>, Rejected> {
    //                                                    ^ fault
    Ok(order.into_bytes())
}

fn main() {}
