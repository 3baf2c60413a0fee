//! A fallback for some failures lets the others out.

use resilient_runtime::{fallback, timeout};

struct PriceError;

#[fallback(value = 0, on(error))]
#[timeout("5s")]
async fn price() -> Result<u32, PriceError> {
    //              ^^^^^^^^^^^^^^^^^^^^^^^ fault
    Err(PriceError)
}

fn main() {}
