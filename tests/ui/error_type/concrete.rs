//! A rejection leaves as the function's error: that has to be `From<Rejected>`.

use resilient_runtime::timeout;

struct PriceError;

#[timeout("5s")]
async fn price() -> Result<u32, PriceError> {
    //              ^^^^^^^^^^^^^^^^^^^^^^^ fault
    Err(PriceError)
}

fn main() {}
