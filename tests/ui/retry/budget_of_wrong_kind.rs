//! How large a budget is, is written where it is declared.

use resilient_runtime::{Rejected, retry};

#[retry(budget = 0.2)]
//               ^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
