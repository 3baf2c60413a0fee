//! Every part of a duration has a unit.

use resilient_runtime::{Rejected, timeout};

#[timeout("1m 30")]
//        ^^^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
