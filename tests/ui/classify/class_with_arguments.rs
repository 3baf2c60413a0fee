use resilient_runtime::Classify;

use std::time::Duration;

#[derive(Classify)]
enum PriceError {
    #[answered(404)]
    //         ^^^ fault
    NotFound,
    #[transient(retry_after = after)]
    Busy { after: Duration },
}

fn main() {}
