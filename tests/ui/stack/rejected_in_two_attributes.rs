//! `rejected` holds for the whole stack, and is written once.

use resilient_runtime::{Rejected, retry, timeout};

fn same(rejected: Rejected) -> Rejected {
    rejected
}

#[retry(rejected = same)]
#[timeout("1s", rejected = same)]
//                         ^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
