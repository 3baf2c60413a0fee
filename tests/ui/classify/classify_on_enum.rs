use resilient_runtime::Classify;

use resilient_runtime::Rejected;

#[derive(Classify)]
#[classify(delegate)]
enum PriceError {
    Rejected(Rejected),
}

fn main() {}
