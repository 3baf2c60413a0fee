//! `rejected` is written once.

use resilient_runtime::{Rejected, timeout};

fn same(rejected: Rejected) -> Rejected {
    rejected
}

#[timeout("1s", rejected = same, rejected = same)]
//                               ^^^^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
