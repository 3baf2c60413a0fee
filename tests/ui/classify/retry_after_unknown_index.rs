use resilient_runtime::Classify;

use std::time::Duration;

#[derive(Classify)]
enum PriceError {
    #[throttled(retry_after = 2)]
    //                        ^ fault
    Busy(String, Duration),
}

fn main() {}
