//! A timeout says how long, in its parentheses.

use resilient_runtime::{Rejected, timeout};

#[timeout()]
// <- fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
