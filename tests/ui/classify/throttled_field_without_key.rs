use resilient_runtime::Classify;

use std::time::Duration;

#[derive(Classify)]
enum PriceError {
    #[throttled(wait)]
    Busy { wait: Duration },
}

fn main() {}
