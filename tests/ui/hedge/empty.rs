//! Nothing between the parentheses is nothing said.

use resilient_runtime::{Rejected, hedge};

#[hedge()]
// <- fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
