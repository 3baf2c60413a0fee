//! A type of the user's own is no `Result`: a trait decides it.

use resilient_runtime::retry;

struct Price;

#[retry]
async fn price() -> Price {
//                  ^^^^^ fault
    Price
}

fn main() {}
