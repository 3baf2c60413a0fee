//! One budget is asked.

use resilient_runtime::{Rejected, retry};

#[retry(budget = "payments", budget = "prices")]
//                           ^^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
