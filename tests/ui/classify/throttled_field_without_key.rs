use resilient_runtime::Classify;

use std::time::Duration;

#[derive(Classify)]
enum PriceError {
    #[throttled(wait)]
    //          ^^^^ fault
    Busy { wait: Duration },
}

fn main() {}
