//! What is named in `clone(..)` is `Clone`.

use resilient_runtime::{Rejected, hedge};

struct Order;

#[hedge(after = "50ms", clone(order))]
async fn call(order: Order) -> Result<(), Rejected> {
    //        ^^^^^ fault
    drop(order);
    Ok(())
}

fn main() {}
