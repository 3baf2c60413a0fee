use resilient_runtime::Classify;

use resilient_runtime::Rejected;

#[derive(Classify)]
#[classify(delegate)]
// <- fault
enum PriceError {
    Rejected(Rejected),
}

fn main() {}
