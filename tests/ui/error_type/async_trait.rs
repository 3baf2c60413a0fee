//! Under `#[async_trait]` it is said at the return type as well.

use resilient_runtime::timeout;

struct PriceError;

#[async_trait::async_trait]
trait Prices {
    #[timeout("5s")]
    async fn price(&self) -> Result<u32, PriceError> {
        //                   ^^^^^^^^^^^^^^^^^^^^^^^ fault
        Err(PriceError)
    }
}

fn main() {}
