//! All that is wrong is said in one go.

use resilient_runtime::{Rejected, hedge};

#[hedge(after = "0s", initial = "0s", max = 99, when = 3, copies = 2, clone(self))]
//              ^^^^ fault
async fn call(mut one: u32, two: &mut u32) -> Result<(), Rejected> {
    one += 1;
    *two = one;
    Ok(())
}

fn main() {}
