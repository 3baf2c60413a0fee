use resilient_runtime::Classify;

use std::time::Duration;

#[derive(Classify)]
enum PriceError {
    #[throttled(0)]
    //          ^ fault
    Busy(Duration),
}

fn main() {}
