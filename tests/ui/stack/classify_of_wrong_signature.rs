//! `classify` says the class of an error.

use resilient_runtime::{Rejected, retry};

fn is_lost(_: &Rejected) -> bool {
    true
}

#[retry(classify = is_lost)]
//                 ^^^^^^^ fault
async fn call() -> Result<(), Rejected> {
    Ok(())
}

fn main() {}
