//! An `Option` is no `Result`.

use resilient_runtime::retry;

#[retry]
async fn price() -> Option<u32> {
    //              ^^^^^^^^^^^ fault
    Some(3)
}

fn main() {}
