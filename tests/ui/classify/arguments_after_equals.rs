use resilient_runtime::Classify;

use std::time::Duration;

#[derive(Classify)]
enum PriceError {
    #[throttled = "5s"]
    //^^^^^^^^^^^^^^^^ fault
    Busy { after: Duration },
}

fn main() {}
