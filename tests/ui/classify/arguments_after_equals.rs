use resilient_runtime::Classify;

use std::time::Duration;

#[derive(Classify)]
enum PriceError {
    #[throttled = "5s"]
    Busy { after: Duration },
}

fn main() {}
