//! The same deep in a stack.

use resilient_runtime::{Rejected, hedge, retry, timeout};

#[timeout("1s")]
#[hedge(after = "50ms")]
#[retry]
#[timeout("400ms")]
async fn call(order: String) -> Result<Vec<u8>, Rejected> {
    //                                                    ^ fault
    Ok(order.into_bytes())
}

fn main() {}
