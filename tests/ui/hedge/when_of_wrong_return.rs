//! A predicate says yes or no.

use resilient_runtime::{Rejected, hedge};

#[hedge(after = "50ms", when = |_| 3)]
//                                 ^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
