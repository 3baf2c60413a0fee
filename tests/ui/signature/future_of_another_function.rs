//! The future of another function cannot be run again.

use resilient_runtime::{Rejected, retry};

#[retry]
fn price() -> impl Future<Output = Result<u32, Rejected>> {
    //     ^^ fault
    fetch()
}

async fn fetch() -> Result<u32, Rejected> {
    Ok(3)
}

fn main() {}
