//! A key of the whole stack is one that there is.

use resilient_runtime::{Rejected, timeout};

#[timeout("5s", rejectd = Into::into)]
//              ^^^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
