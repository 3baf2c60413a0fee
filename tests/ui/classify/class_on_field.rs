use resilient_runtime::Classify;

use resilient_runtime::Rejected;
use std::time::Duration;

#[derive(Classify)]
enum PriceError {
    Lost(#[transient] std::io::Error),
    //   ^^^^^^^^^^^^ fault
    Busy {
        #[throttled]
        after: Duration,
    },
    Rejected(#[classify(delegate)] Rejected),
}

fn main() {}
