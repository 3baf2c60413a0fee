//! How large a budget is says its declaration.

use resilient_runtime::{Rejected, hedge};

#[hedge(after = "50ms", budget = "")]
//                               ^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
