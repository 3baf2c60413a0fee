//! A predicate is a function.

use resilient_runtime::{Rejected, hedge};

#[hedge(after = "50ms", when = true)]
//                             ^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
