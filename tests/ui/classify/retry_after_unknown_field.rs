use resilient_runtime::Classify;

use std::time::Duration;

#[derive(Classify)]
enum PriceError {
    #[throttled(retry_after = affter)]
    //                        ^^^^^^ fault
    Busy { after: Duration, host: String },
}

fn main() {}
