//! Behind an alias it is the same error type.

use resilient_runtime::circuit_breaker;

struct PriceError;
type Priced<T> = Result<T, PriceError>;

#[circuit_breaker(name = "prices")]
async fn price() -> Priced<u32> {
    //              ^^^^^^^^^^^ fault
    Err(PriceError)
}

fn main() {}
