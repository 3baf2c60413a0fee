use resilient_runtime::Classify;

use resilient_runtime::Rejected;

#[derive(Classify)]
enum PriceError {
    #[classify(delegate)]
    // <- fault
    Rejected { source: Rejected, host: String },
}

fn main() {}
