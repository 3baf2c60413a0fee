//! In `impl Future` it is said behind `Output =`.

use resilient_runtime::{retry, timeout};

struct PriceError;

#[retry]
#[timeout("5s")]
fn price() -> impl Future<Output = Result<u32, PriceError>> + Send {
    //                             ^^^^^^^^^^^^^^^^^^^^^^^ fault
    async { Err(PriceError) }
}

fn main() {}
