//! Under another policy a consumed argument is found as well.

use resilient_runtime::{Rejected, retry, timeout};

#[timeout("5s")]
#[retry]
async fn pay(order: String) -> Result<Vec<u8>, Rejected> {
    //                                                   ^ fault
    Ok(order.into_bytes())
}

fn main() {}
