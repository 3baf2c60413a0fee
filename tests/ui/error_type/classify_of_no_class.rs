//! `classify` says a class.

use resilient_runtime::{Rejected, retry};

fn is_lost(_: &Rejected) -> bool {
    true
}

#[retry(classify = is_lost)]
//                 ^^^^^^^ fault
async fn price() -> Result<u32, Rejected> {
    Ok(3)
}

fn main() {}
