use resilient_runtime::Classify;

use std::time::Duration;

#[derive(Classify)]
enum PriceError {
    #[throttled(retry_after = after)]
    //                        ^^^^^ fault
    Busy(Duration),
}

fn main() {}
