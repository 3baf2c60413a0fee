//! A future ends in a `Result` as well.

use resilient_runtime::retry;

#[retry]
fn price() -> impl Future<Output = Option<u32>> {
    //                             ^^^^^^^^^^^ fault
    async { Some(3) }
}

fn main() {}
