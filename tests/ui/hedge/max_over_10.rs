//! So many copies win nothing more.

use resilient_runtime::{Rejected, hedge};

#[hedge(after = "50ms", max = 11)]
//                            ^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
