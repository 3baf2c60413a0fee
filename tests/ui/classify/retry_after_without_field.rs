use resilient_runtime::Classify;

use std::time::Duration;

#[derive(Classify)]
enum PriceError {
    #[throttled(retry_after)]
    //          ^^^^^^^^^^^ fault
    Busy { after: Duration },
}

fn main() {}
