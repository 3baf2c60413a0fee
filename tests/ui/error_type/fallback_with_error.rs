//! A fallback that is given the error is given rejections too.

use resilient_runtime::{fallback, timeout};

struct PriceError;

#[fallback(|error| Err(error))]
#[timeout("5s")]
async fn price() -> Result<u32, PriceError> {
    //              ^^^^^^^^^^^^^^^^^^^^^^^ fault
    Err(PriceError)
}

fn main() {}
