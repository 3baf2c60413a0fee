//! A word that is close to a key is told which.

use resilient_runtime::{Rejected, hedge};

#[hedge(after = "50ms", budgets = "search")]
//                      ^^^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
