//! A fallback beneath the timeout does not answer for it.

use resilient_runtime::{fallback, timeout};

struct PriceError;

#[timeout("5s")]
#[fallback(value = 0)]
async fn price() -> Result<u32, PriceError> {
    //              ^^^^^^^^^^^^^^^^^^^^^^^ fault
    Err(PriceError)
}

fn main() {}
