//! The unit of a duration is one that there is.

use resilient_runtime::{Rejected, timeout};

#[timeout("5 parsecs")]
//        ^^^^^^^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
