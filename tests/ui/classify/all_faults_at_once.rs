use resilient_runtime::{Class, Classify, Rejected, retry};
use std::time::Duration;

#[derive(Debug, Classify)]
enum PriceError {
    #[answered("404")]
    //         ^^^^^ fault
    NotFound,
    #[throttled(retry_after = wait)]
    Busy { after: Duration },
    Lost,
    #[transient]
    #[ignored]
    Reset,
    #[classify(delegate)]
    Rejected(Rejected, String),
    #[permanent]
    Broken,
}

// The type is `Classify` all the same: nothing is wrong from here on.
#[retry]
async fn price() -> Result<u32, PriceError> {
    Err(PriceError::Broken)
}

fn main() {
    let _: Class = PriceError::Lost.class();
    drop(price());
}
