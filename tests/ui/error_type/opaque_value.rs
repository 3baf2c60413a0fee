//! A value that cannot be named changes nothing.

use resilient_runtime::timeout;

struct PriceError;

#[timeout("5s")]
async fn prices() -> Result<impl Iterator<Item = u32>, PriceError> {
    //               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ fault
    if false {
        return Err(PriceError);
    }
    Ok(0..3)
}

fn main() {}
