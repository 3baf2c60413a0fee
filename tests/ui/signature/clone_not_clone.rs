//! What is cloned for each attempt is `Clone`.

use resilient_runtime::{Rejected, retry};

struct Order;

#[retry(clone(order))]
async fn pay(order: Order) -> Result<(), Rejected> {
    //       ^^^^^ fault
    drop(order);
    Ok(())
}

fn main() {}
