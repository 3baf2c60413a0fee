//! A delay has a unit.

use resilient_runtime::{Rejected, hedge};

#[hedge(after = 50)]
//              ^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
